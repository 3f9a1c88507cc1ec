-- The version of the tables.
create table customerio_state (
  one boolean primary key default true check (one),
  version integer not null
);
insert into customerio_state (version) values (1);

-- Who sends, by the clock of the database. It is updated in place, each few seconds.
create table customerio_sender (
  one boolean primary key default true check (one),
  owner uuid,
  epoch bigint not null default 0,
  until timestamptz
) with (fillfactor = 50);
insert into customerio_sender default values;

-- Calls that wait. Each is inserted once and deleted once; only those that must not arrive twice are updated besides. The
-- calls of a stream stand together in the index, in order. Do not give the sequence a cache: numbers must rise. The first
-- column is first so that a transaction has an id before it gets a number: so a sender knows which numbers may still come.
create table customerio_waiting (
  transaction_id xid8 not null default pg_current_xact_id(),
  number bigint generated always as identity (cache 1),
  crc32 bigint not null,
  lane smallint not null,
  is_marked boolean not null default false,
  destination text collate "C" not null,
  call bytea not null,
  primary key (destination, lane, number)
) with (
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0.2,
  autovacuum_vacuum_cost_delay = 0
);

-- Calls that failed.
create table customerio_dead (
  number bigint primary key,
  destination text collate "C" not null,
  lane smallint not null,
  operation text not null,
  reason text not null,
  status integer,
  field text,
  message text,
  failed_at timestamptz not null default clock_timestamp(),
  crc32 bigint not null,
  call bytea not null
);
create index customerio_dead_by_reason on customerio_dead (reason);
create index customerio_dead_by_time on customerio_dead (failed_at);
