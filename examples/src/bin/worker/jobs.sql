-- Jobs for the worker: events that Customer.io must get. The application adds rows; the worker changes the last four columns.
create table if not exists job (
    number integer primary key,
    created_at_ms integer not null,
    person text not null,
    event text not null,
    data text not null default '{}',
    state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
    attempts integer not null default 0,
    not_before_ms integer not null default 0,
    why text
);
create index if not exists job_waiting on job (not_before_ms, number) where state = 'waiting';
