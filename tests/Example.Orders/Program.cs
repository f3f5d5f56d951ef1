using Example.Orders;

// dotnet run --project tests/Example.Orders -- silo
// dotnet run --project tests/Example.Orders -- client
return args switch
{
    ["silo", .. var rest] => await Run(OrdersSilo.RunAsync(rest)),
    ["client", .. var rest] => await Run(OrdersClient.RunAsync(rest)),
    _ => Usage(),
};

static async Task<int> Run(Task task)
{
    await task;
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Example.Orders silo | client");
    return 2;
}
