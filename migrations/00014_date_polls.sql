-- +goose Up
-- Finding a date for an extraordinary meeting: who is asked, about which dates, and what they say.

create table date_poll (
	id                uuid primary key,
	forum_id          uuid not null references forum,
	status            text not null check (status in ('open', 'closed', 'settled', 'withdrawn')),
	closes_at         timestamptz not null, -- answers are taken until then
	proposed_by       uuid not null references person,
	proposed_at       timestamptz not null,
	reminded_for      timestamptz, -- the close of which those who had not answered were reminded
	ended_by          uuid references person, -- who chose the date or withdrew
	ended_at          timestamptz,
	withdrawn_reason  text not null default '',
	meeting_id        uuid references meeting, -- made on the chosen date
	version           integer not null default 1,
	check ((status = 'settled') = (meeting_id is not null)),
	check ((status in ('settled', 'withdrawn')) = (ended_at is not null))
);
create index date_poll_by_forum on date_poll (forum_id, proposed_at desc);
create index date_poll_unsettled on date_poll (forum_id) where status in ('open', 'closed');

create table date_slot (
	id            uuid primary key,
	poll_id       uuid not null references date_poll,
	starts_at     timestamptz not null,
	ends_at       timestamptz not null check (ends_at > starts_at),
	venue         text not null default '',
	joining_link  text not null default '',
	added_at      timestamptz not null,
	constraint date_slot_key unique (poll_id, starts_at)
);

create table date_invitee (
	id           uuid primary key,
	poll_id      uuid not null references date_poll,
	person_id    uuid not null references person,
	reason       text not null default '', -- why they are asked; '' for those who sit on the forum
	asked_by     uuid not null references person,
	asked_at     timestamptz not null, -- when they were last asked
	answered_at  timestamptz,
	comment      text not null default '',
	ended_at     timestamptz, -- they are no longer asked
	constraint date_invitee_key unique (poll_id, person_id)
);
create index date_invitee_by_person on date_invitee (person_id) where ended_at is null;

create table date_answer (
	invitee_id  uuid not null references date_invitee,
	slot_id     uuid not null references date_slot,
	answer      text not null check (answer in ('yes', 'if_need_be', 'no')),
	primary key (invitee_id, slot_id)
);

-- A link in an email by which its reader answers without signing in. The link itself is kept nowhere.
create table date_link (
	digest      bytea primary key,
	invitee_id  uuid not null references date_invitee,
	made_at     timestamptz not null,
	expires_at  timestamptz not null,
	ended_at    timestamptz -- when its poll closed, or its reader was no longer asked
);
create index date_link_by_invitee on date_link (invitee_id) where ended_at is null;
create index date_link_by_expiry on date_link (expires_at);

-- +goose Down
drop table date_link, date_answer, date_invitee, date_slot, date_poll;
