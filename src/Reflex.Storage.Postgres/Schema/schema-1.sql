-- The logs of partitions. See SCHEMA.md.

create table {schema}.partitions (
    id bigint generated always as identity primary key,
    stream text collate "C" not null,
    partition int not null,
    epoch bigint not null,
    head bigint not null default 0,
    head_epoch bigint not null default 0,
    head_appended_at bigint not null default 0,
    oldest bigint not null default 1,
    bytes bigint not null default 0,
    trimmed_at bigint not null default 0,
    seen_head bigint not null default 0,
    seen_at bigint not null default 0,
    may_import boolean not null default true,
    is_deleted boolean not null default false,
    unique (stream, partition)
) with (fillfactor = 50);

create table {schema}.batches (
    partition bigint not null,
    last bigint not null,
    appended_at bigint not null,
    bytes bytea not null,
    primary key (partition, last)
);

alter table {schema}.batches alter bytes set storage external;

-- Cursors and stream definitions: Orleans' grain state. A version is never given twice.

create sequence {schema}.state_versions;

create table {schema}.state (
    grain text collate "C" not null,
    state text collate "C" not null,
    version bigint not null,
    payload bytea not null,
    primary key (grain, state)
) with (fillfactor = 70);

-- Orleans' membership.

create table {schema}.clusters (
    cluster_id text collate "C" primary key,
    version int not null
);

create table {schema}.silos (
    cluster_id text collate "C" not null,
    address text collate "C" not null,
    etag int not null,
    status int not null,
    entry jsonb not null,
    alive_at timestamptz not null,
    primary key (cluster_id, address)
);
