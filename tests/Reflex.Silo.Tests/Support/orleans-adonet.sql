-- What Orleans' ADO.NET providers ask for in a database: their queries by name, here for tables of the test's own. Users take the scripts
-- of Orleans' repository.

create table OrleansQuery (QueryKey text primary key, QueryText text not null);

create table clusters (id text primary key, version int not null);

create table members (
    cluster text, address text, port int, generation int, silo text, host text, status int, proxy int, suspicions text, started timestamptz,
    alive timestamptz, primary key (cluster, address, port, generation)
);

create table states (
    service text, type text, n0 bigint, n1 bigint, extension text, version int not null, payload bytea,
    unique (service, type, n0, n1, extension)
);

insert into OrleansQuery values
    ('InsertMembershipVersionKey', $$
        with made as (insert into clusters values (@DeploymentId, 0) on conflict do nothing returning 1) select count(*)::int from made $$),
    ('InsertMembershipKey', $$
        with next as (
            update clusters set version = version + 1 where id = @DeploymentId and version = @Version and not exists (
                select from members where cluster = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
            returning 1
        ), made as (
            insert into members
            select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, null, @StartTime, @IAmAliveTime
            from next returning 1
        )
        select count(*)::int from made $$),
    ('UpdateMembershipKey', $$
        with next as (
            update clusters set version = version + 1 where id = @DeploymentId and version = @Version returning 1
        ), changed as (
            update members set status = @Status, suspicions = @SuspectTimes, alive = @IAmAliveTime from next
            where cluster = @DeploymentId and address = @Address and port = @Port and generation = @Generation returning 1
        )
        select count(*)::int from changed $$),
    ('UpdateIAmAlivetimeKey', $$
        update members set alive = @IAmAliveTime
        where cluster = @DeploymentId and address = @Address and port = @Port and generation = @Generation $$),
    ('MembershipReadRowKey', $$
        select m.address as Address, m.port as Port, m.generation as Generation, m.silo as SiloName, m.host as HostName, m.status as Status,
            m.proxy as ProxyPort, m.suspicions as SuspectTimes, m.started as StartTime, m.alive as IAmAliveTime, c.version as Version
        from clusters c left join members m on m.cluster = c.id and m.address = @Address and m.port = @Port and m.generation = @Generation
        where c.id = @DeploymentId $$),
    ('MembershipReadAllKey', $$
        select m.address as Address, m.port as Port, m.generation as Generation, m.silo as SiloName, m.host as HostName, m.status as Status,
            m.proxy as ProxyPort, m.suspicions as SuspectTimes, m.started as StartTime, m.alive as IAmAliveTime, c.version as Version
        from clusters c left join members m on m.cluster = c.id
        where c.id = @DeploymentId $$),
    ('DeleteMembershipTableEntriesKey', $$ delete from members where cluster = @DeploymentId $$),
    ('CleanupDefunctSiloEntriesKey', $$
        delete from members where cluster = @DeploymentId and alive < @IAmAliveTime and status = 6 $$),
    ('GatewaysQueryKey', $$
        select address as Address, proxy as ProxyPort, generation as Generation from members
        where cluster = @DeploymentId and status = @Status and proxy > 0 $$),
    ('WriteToStorageKey', $$
        with changed as (
            update states set version = version + 1, payload = @PayloadBinary
            where service = @ServiceId and type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
                and extension = coalesce(@GrainIdExtensionString::text, '') and version = @GrainStateVersion::int
            returning version
        ), made as (
            insert into states
            select @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString::text, ''), 1, @PayloadBinary
            where @GrainStateVersion::int is null on conflict do nothing
            returning version
        )
        select coalesce((select version from changed), (select version from made), @GrainStateVersion::int) as NewGrainStateVersion $$),
    ('ReadFromStorageKey', $$
        select payload as PayloadBinary, version as Version from states
        where service = @ServiceId and type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
            and extension = coalesce(@GrainIdExtensionString::text, '') $$),
    ('ClearStorageKey', $$
        update states set version = version + 1, payload = null
        where service = @ServiceId and type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
            and extension = coalesce(@GrainIdExtensionString::text, '') and version = @GrainStateVersion::int
        returning version as NewGrainStateVersion $$);
