-- +goose Up
-- Who is signed in, where, and how often somebody failed to.

create table sessions ( -- alexedwards/scs: holds only the sign-in's id
	token   text primary key,
	data    bytea not null,
	expiry  timestamptz not null
);
create index sessions_by_expiry on sessions (expiry);

create table sign_in (
	id          uuid primary key,
	person_id   uuid not null references person,
	device      text not null, -- "Firefox on Windows"
	created_at  timestamptz not null,
	seen_at     timestamptz not null, -- the last sign of its person, to the minute
	expires_at  timestamptz not null,
	revoked_at  timestamptz
);
create index sign_in_by_person on sign_in (person_id, created_at desc);

create table sign_in_attempt (
	id          bigint generated always as identity primary key,
	email_hash  bytea not null,
	address     text not null,
	at          timestamptz not null
);
create index sign_in_attempt_by_email on sign_in_attempt (email_hash, address, at);
create index sign_in_attempt_by_address on sign_in_attempt (address, at);

-- +goose Down
drop table sign_in_attempt, sign_in, sessions;
