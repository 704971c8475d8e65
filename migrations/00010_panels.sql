-- +goose Up
-- Who meets and when.

create table agency (
	id          uuid primary key,
	name        text not null constraint agency_name_key unique,
	short_name  text not null,
	kind        text not null,
	legal_body  text not null default '',
	outside     boolean not null default false, -- another partnership's: it joins single items as a guest
	funder      boolean not null default false,
	version     integer not null default 1
);

-- The partnership's own council and integrated care board, by their names in law.
create table partnership (
	single   boolean primary key default true check (single),
	council  text not null default '',
	icb      text not null default '',
	version  integer not null default 1
);
insert into partnership default values;

create table person (
	id             uuid primary key,
	name           text not null,
	email          text not null constraint person_email_key unique check (email = lower(email)),
	job_title      text not null default '',
	agency_id      uuid references agency,
	administrator  boolean not null default false,
	auditor        boolean not null default false,
	presenter      boolean not null default false,
	password_hash  text not null default '',
	ended_on       date,
	created_at     timestamptz not null,
	version        integer not null default 1
);
alter table agency add column officer_id uuid references person; -- who authorises what its voters may not commit alone

create table forum (
	id             uuid primary key,
	slug           text not null constraint forum_slug_key unique,
	name           text not null constraint forum_name_key unique,
	template       text not null default '',
	locality       text not null default '',
	board          boolean not null default false,
	escalates_to   uuid references forum,
	mailbox_email  text not null default '',
	created_at     timestamptz not null,
	version        integer not null default 1
);

create table terms_of_reference (
	id                         uuid primary key,
	forum_id                   uuid not null references forum,
	number                     integer not null,
	in_force_on                date not null,
	purpose                    text not null,
	created_by                 uuid not null,
	created_at                 timestamptz not null,
	review_date                date,
	quorum_members             integer not null check (quorum_members >= 1),
	quorum_agencies            jsonb not null default '[]',
	chairing                   text not null default 'one' check (chairing in ('one', 'two_alternating', 'two_jointly')),
	both_chairs_confirm        boolean not null default false check (not both_chairs_confirm or chairing <> 'one'),
	voting_method              text not null check (voting_method in ('spoken', 'devices')),
	voting_rule                text not null check (voting_rule in ('consensus', 'simple_majority', 'two_thirds', 'funder_consent')),
	casting_vote               boolean not null default false,
	by_legal_body              boolean not null default false, -- funders of one legal body are counted as one
	decides                    boolean not null default true,
	private_deliberation       boolean not null default false,
	list_mode                  boolean not null default false,
	cadence                    text not null default '',
	start_time                 text not null,
	duration_minutes           integer not null check (duration_minutes between 5 and 600),
	minutes_per_item           integer not null check (minutes_per_item between 1 and 240),
	papers_due_days            integer not null default 10,
	agenda_out_days            integer not null default 5,
	minutes_out_days           integer not null default 5,
	letter_days                integer not null default 5,
	answer_days                integer not null default 5,
	confirm_days               integer not null default 5,
	standing_items             jsonb not null default '[]',
	observers_max              integer not null default 3,
	escalate_after_days        integer not null default 28,
	first_review_months        integer not null default 3,
	weeks_per_year_thousandths integer not null default 52000,
	constraint terms_of_reference_number_key unique (forum_id, number)
);
create index terms_of_reference_in_force on terms_of_reference (forum_id, in_force_on desc, number desc);
revoke update, delete on terms_of_reference from quorate_app; -- a version never changes: a new one follows it

create table seat (
	id                     uuid primary key,
	forum_id               uuid not null references forum,
	agency_id              uuid references agency,
	name                   text not null,
	office                 text not null check (office in ('chair', 'deputy_chair', 'clerk', 'member')),
	standing               text not null check (standing in ('deciding', 'advisory', 'in_attendance')),
	position               integer not null,
	delegated_limit_pence  bigint not null default 0 check (delegated_limit_pence >= 0),
	version                integer not null default 1
);
create index seat_by_forum on seat (forum_id, position);

create table seat_holding (
	id            uuid primary key,
	seat_id       uuid not null references seat,
	person_id     uuid not null references person,
	deputy_order  integer not null default 0 check (deputy_order >= 0),
	from_date     date not null,
	to_date       date,
	version       integer not null default 1,
	check (to_date is null or to_date >= from_date)
);
create index seat_holding_by_person on seat_holding (person_id, from_date);
create index seat_holding_by_seat on seat_holding (seat_id, deputy_order, from_date);

create table series (
	id                uuid primary key,
	forum_id          uuid not null references forum,
	rule              text not null, -- an RRULE, or an RDATE where each day is listed
	starts_on         date not null,
	ends_on           date,
	start_time        text not null,
	duration_minutes  integer not null,
	venue             text not null default '',
	joining_link      text not null default '',
	bank_holiday      text not null default 'next_working_day' check (bank_holiday in ('next_working_day', 'previous_working_day', 'skip')),
	pauses            jsonb, -- from which day to which there are no meetings, why, and whether every year
	draft             boolean not null default false, -- its meetings are drafts: only those who schedule see them, and nobody is told
	version           integer not null default 1
);
create index series_by_forum on series (forum_id);

create table meeting (
	id                uuid primary key,
	forum_id          uuid not null references forum,
	kind              text not null default 'held' check (kind in ('held', 'correspondence', 'chairs_action')), -- the last two are decided between meetings
	series_id         uuid references series,
	occurrence_on     date,
	starts_at         timestamptz not null,
	ends_at           timestamptz not null check (ends_at > starts_at),
	venue             text not null default '',
	joining_link      text not null default '',
	status            text not null default 'scheduled' check (status in ('draft', 'scheduled', 'in_session', 'adjourned', 'closed', 'cancelled')),
	cancelled_reason  text not null default '',
	papers_due_on     date,
	agenda_out_on     date,
	minutes_out_on    date,
	minutes_sent_at   timestamptz, -- when the minutes went out to those who sit there
	chair_seat_id     uuid references seat, -- whose turn it was made by hand, or who took the chair; null: as the turns fall
	chair_reason      text not null default '',
	agenda_version    integer not null default 0,
	by_hand           boolean not null default false, -- moved, cancelled or restored on its own: its series leaves it so
	room_seq          bigint not null default 0,
	created_at        timestamptz not null,
	sequence          integer not null default 0, -- one more at each change of time, place or standing that people must see
	timed_at_sequence integer not null default 0, -- the sequence of the last change of day or hour: replies to an earlier one are asked again
	changed_at        timestamptz not null, -- when the last change that people must see was made
	version           integer not null default 1,
	brought           boolean not null default false, -- held before Quorate: what it decided was brought from its own record
	first_starts_at   timestamptz, -- adjourned to another day or hour: when it first sat; null: starts_at
	paused_at         timestamptz, -- in session and paused since then
	paused_text       text not null default '', -- what everybody was told about the pause
	acting_chair_id   uuid references person, -- who took the chair or was given it at this sitting; null: as the seats say
	constraint meeting_occurrence_key unique (series_id, occurrence_on)
);
create index meeting_by_start on meeting (starts_at, id);
create index meeting_by_forum on meeting (forum_id, starts_at, id);

create table one_off_holiday (
	day      date primary key,
	name     text not null,
	working  boolean not null default false -- true: a bank holiday that is worked after all
);

-- +goose Down
drop table one_off_holiday, meeting, series, seat_holding, seat, terms_of_reference, forum, person, partnership, agency;
