-- +goose Up
-- What each person's own calendar was told of a meeting, and the secret addresses calendars come to.

create table invitation (
	id                uuid primary key,
	meeting_id        uuid not null references meeting,
	person_id         uuid not null references person,
	organiser_email   text not null check (organiser_email = lower(organiser_email)), -- kept as first told: a calendar takes an update from its organiser alone
	tokenised         boolean not null, -- the address was made for this invitation, so an answer to it is this person's
	attendee_email    text not null,
	sequence          integer not null, -- of this person's copy: one more each time it says something else
	timed_at_sequence integer not null, -- the copy's sequence since which its day and hour stand
	meeting_sequence  integer not null, -- of the meeting, as the copy tells it
	title             text not null,
	place             text not null,
	starts_at         timestamptz not null,
	ends_at           timestamptz not null,
	cancelled         boolean not null,
	offered_at        timestamptz not null, -- handed to the mail server
	told_at           timestamptz, -- the mail server took it; null: not known, so it is told again
	heard             boolean not null default false, -- something of it has arrived at some time
	reply_stamp       timestamptz, -- when the last answer taken was given, by the clock of who gave it
	constraint invitation_key unique (meeting_id, person_id)
);
create unique index invitation_by_address on invitation (organiser_email) where tokenised;

create table calendar_feed (
	id          uuid primary key,
	person_id   uuid not null references person,
	forum_id    uuid references forum, -- null: the person's own meetings
	digest      bytea not null constraint calendar_feed_digest_key unique, -- of its address; the address is told once
	made_at     timestamptz not null,
	revoked_at  timestamptz,
	fetched_at  timestamptz,
	content     bytea, -- the digest of what was last fetched
	changed_at  timestamptz, -- since when it is that
	burst_at    timestamptz, -- fetches are counted from here
	burst       integer not null default 0
);
create unique index calendar_feed_live on calendar_feed (person_id, coalesce(forum_id, '00000000-0000-0000-0000-000000000000')) where revoked_at is null;

-- +goose Down
drop table calendar_feed, invitation;
