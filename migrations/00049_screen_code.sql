-- +goose Up
-- The big screen of a computer that nobody signs in on.

-- A code shows one meeting's big screen on that meeting's day. What is kept of it is its digest.
create table screen_code (
	id          uuid primary key,
	meeting_id  uuid not null references meeting,
	digest      bytea not null constraint screen_code_key unique,
	works_on    date not null,
	made_by     uuid not null references person, -- while they may put the meeting on the big screen, and but for items they left
	made_at     timestamptz not null,
	ended_at    timestamptz,
	ended_by    uuid references person,
	check ((ended_at is null) = (ended_by is null))
);
create unique index screen_code_once on screen_code (meeting_id) where ended_at is null;

-- Wrong codes, counted in the database so that replicas share it.
create table screen_guess (
	id       bigint generated always as identity primary key,
	address  text not null,
	at       timestamptz not null
);
create index screen_guess_by_address on screen_guess (address, at);
create index screen_guess_by_time on screen_guess (at);

-- +goose Down
drop table screen_guess, screen_code;
