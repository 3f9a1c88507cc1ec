-- What is known of all calls. `commits` counts the transactions of stores.
create table customerio_state (
  one integer primary key check (one = 1),
  version integer not null,
  last integer not null,
  commits integer not null,
  calls integer not null,
  bytes integer not null
);
insert into customerio_state values (1, 1, 0, 0, 0, 0);

-- Who sends. `until` is in milliseconds since 1970.
create table customerio_sender (
  one integer primary key check (one = 1),
  owner blob,
  epoch integer not null,
  until integer not null
);
insert into customerio_sender values (1, null, 0, 0);

-- What is delivered in order: a lane of a destination.
create table customerio_stream (
  id integer primary key check (id between 1 and 32767),
  destination text not null,
  lane integer not null,
  unique (destination, lane)
);

-- Calls that wait. A key is `stream * 2^48 + number`: so the calls of a stream stand together and in order, without an index.
-- A checksum is `crc32(call) + 2 * key + is_marked`, and stands right before what it is of.
create table customerio_queue (
  key integer primary key,
  is_marked integer not null,
  checksum integer not null,
  call blob not null
);

-- Calls that failed. Here a checksum is `crc32(call) + 2 * number`.
create table customerio_dead (
  number integer primary key,
  stream integer not null,
  operation text not null,
  reason text not null,
  status integer,
  field text,
  message text,
  failed_at integer not null,
  checksum integer not null,
  call blob not null
);
create index customerio_dead_by_reason on customerio_dead (reason);

-- Rows that were not what was written. Nothing is sent of them.
create table customerio_damaged (
  key integer,
  is_marked,
  checksum,
  call,
  found_at integer not null
);

-- Calls that wait, for people; and for those who enqueue in a transaction of their own.
create view customerio_waiting as
  select key & 281474976710655 as number, destination, lane, is_marked, checksum - 2 * key - is_marked as crc32, call
  from customerio_queue join customerio_stream on id = key >> 48;

create trigger customerio_enqueue instead of insert on customerio_waiting begin
  insert or ignore into customerio_stream (destination, lane) values (new.destination, new.lane);
  update customerio_state set last = last + 1, calls = calls + 1, bytes = bytes + length(new.call) where one = 1;
  insert into customerio_queue (key, is_marked, checksum, call)
    select (id << 48) + last, 0, new.crc32 + 2 * ((id << 48) + last), new.call
    from customerio_state, customerio_stream where destination = new.destination and lane = new.lane;
end;
