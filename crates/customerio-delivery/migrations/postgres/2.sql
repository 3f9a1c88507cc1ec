-- The pace of all processes that send for an account: for each quota the next place in line that is free, by the clock of
-- the database. It is updated in place, some hundred times a second at most.
create table customerio_pace (
  account text collate "C" not null,
  quota text collate "C" not null,
  due timestamptz not null default clock_timestamp(),
  share double precision not null default 1,
  slowed_at timestamptz,
  primary key (account, quota)
) with (fillfactor = 10);

update customerio_state set version = 2;
