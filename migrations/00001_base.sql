-- +goose Up
-- Who the server is, what was done by whom, and what is to be done when.

-- The server's role owns nothing. Where the owner may not create roles, an administrator of the
-- database does it beforehand:  create role quorate_app;  grant quorate_app to <owner>;
-- +goose StatementBegin
do $$
begin
	if not exists (select from pg_roles where rolname = 'quorate_app') then
		begin
			create role quorate_app nologin nosuperuser nocreatedb nocreaterole nobypassrls;
		exception
			when duplicate_object or unique_violation then null; -- another database of this server was quicker
			when insufficient_privilege then
				raise exception 'the role quorate_app is missing and % may not create it', current_user
					using hint = format('As an administrator run: CREATE ROLE quorate_app; GRANT quorate_app TO %I;', current_user);
		end;
	end if;
	if not (select rolsuper from pg_roles where rolname = current_user) then
		begin -- from Postgres 16 making a role does not by itself allow working as it
			execute format('grant quorate_app to %I', current_user);
		exception
			when insufficient_privilege then null; -- then an administrator has granted it, or the server will say so
		end;
	end if;
end
$$;
-- +goose StatementEnd

revoke create on schema public from public;
grant usage on schema public to quorate_app;
alter default privileges in schema public grant select, insert, update, delete on tables to quorate_app;
alter default privileges in schema public grant usage, select on sequences to quorate_app;

-- The audit trail. An entry says who did what to which thing; it holds no names and nothing anybody
-- wrote. What the thing looked like before and after is in audit_content, which can be erased.
create table audit_entry (
	id           bigint generated always as identity primary key,
	at           timestamptz not null,
	person_id    uuid,
	system       text not null default '',
	action       text not null,
	object_kind  text not null,
	object_id    text not null,
	forum_id     uuid,
	digest       bytea not null constraint audit_entry_digest_check check (length(digest) = 32),
	constraint audit_entry_actor_check check ((person_id is null) <> (system = ''))
);
create index audit_entry_by_object on audit_entry (object_kind, object_id, id desc);
create index audit_entry_by_person on audit_entry (person_id, id desc);
create index audit_entry_by_forum on audit_entry (forum_id, id desc) where forum_id is not null;
create index audit_entry_by_action on audit_entry (action, id desc);
create index audit_entry_by_time on audit_entry (at);

-- json, not jsonb: the digest is over these very bytes.
create table audit_content (
	entry_id  bigint primary key references audit_entry,
	salt      bytea not null,
	before    json,
	after     json
);

-- Committed entries that no seal covers yet.
create table audit_unsealed (
	entry_id  bigint primary key references audit_entry
);

-- Each seal covers some entries, by the digest of each, and the seal before it: no entry can change,
-- vanish or be slipped in without breaking the seal that holds it and every seal from there on.
create table audit_seal (
	number    bigint primary key,
	at        timestamptz not null,
	previous  bytea not null constraint audit_seal_previous_key unique,
	entries   bigint[] not null,
	digests   bytea not null constraint audit_seal_digests_check check (length(digests) = 32 * cardinality(entries)),
	hash      bytea not null
);

revoke update, delete on audit_entry, audit_seal from quorate_app;
revoke update on audit_content, audit_unsealed from quorate_app;

-- Jobs for later: they wait here for the product's clock, then go to the queue.
create table job_later (
	id      bigint generated always as identity primary key,
	kind    text not null,
	args    json not null,
	due_at  timestamptz not null
);
create index job_later_by_due on job_later (due_at, id);

-- Keys of jobs that are to be done only once, ever.
create table job_key (
	kind        text not null,
	key         text not null,
	claimed_at  timestamptz not null,
	primary key (kind, key)
);

-- Each period of each scheduled job, once, whichever process came first.
create table job_run (
	name     text not null,
	due_at   timestamptz not null,
	done_at  timestamptz,
	primary key (name, due_at)
);
