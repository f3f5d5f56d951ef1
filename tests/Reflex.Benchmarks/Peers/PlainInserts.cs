using System.Threading.Channels;
using Npgsql;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>
/// What an application does without a library: a table of events, a row and a commit for each, by prepared statements on 64 connections
/// that are there already.
/// </summary>
internal sealed class PlainInserts : IMeasuredSystem
{
    public const string SystemName = "plain inserts";

    private const int Connections = 64;

    private readonly string _connectionString;
    private readonly Channel<NpgsqlCommand> _commands = Channel.CreateUnbounded<NpgsqlCommand>();

    private PlainInserts(string connectionString)
    {
        _connectionString = connectionString;
    }

    public string Name => SystemName;

    public bool IsOurs => false;

    public bool IsFlushed => true;

    public bool IsLog => false;

    public static async Task<PlainInserts> StartAsync(string connectionString, CancellationToken cancellationToken)
    {
        var system = new PlainInserts($"{connectionString};Maximum Pool Size={Connections + 1}");
        await using (var connection = new NpgsqlConnection(system._connectionString))
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                """
                create table events (
                    id bigint generated always as identity primary key, type int not null, foreign_id text not null,
                    at timestamptz not null default now(), metadata bytea not null, trace bytea)
                """,
                connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        for (var i = 0; i < Connections; i++)
        {
            var connection = new NpgsqlConnection(system._connectionString);
            await connection.OpenAsync(cancellationToken);
            var command = new NpgsqlCommand(
                "insert into events (type, foreign_id, metadata) values ($1, $2, $3) returning id", connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<int>(), new NpgsqlParameter<string>(), new NpgsqlParameter<ReadOnlyMemory<byte>>(),
                },
            };
            await command.PrepareAsync(cancellationToken);
            system._commands.Writer.TryWrite(command);
        }

        return system;
    }

    public Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IMeasuredStream>(new InsertStream(this));

    public async Task InsertAsync(NewEvent e)
    {
        var command = await _commands.Reader.ReadAsync();
        try
        {
            ((NpgsqlParameter<int>)command.Parameters[0]).TypedValue = e.Type.Value;
            ((NpgsqlParameter<string>)command.Parameters[1]).TypedValue = e.ForeignId;
            ((NpgsqlParameter<ReadOnlyMemory<byte>>)command.Parameters[2]).TypedValue = e.Metadata;
            await command.ExecuteScalarAsync();
        }
        finally
        {
            _commands.Writer.TryWrite(command);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Writer.Complete();
        await foreach (var command in _commands.Reader.ReadAllAsync())
        {
            await command.Connection!.DisposeAsync();
            await command.DisposeAsync();
        }
    }
}
