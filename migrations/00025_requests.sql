-- +goose Up
-- What panels are asked to fund: each request, what it costs line by line, and who is asked to pay.
create sequence request_number start 2001;

create table funding_request (
	id                   uuid primary key,
	number               bigint not null default nextval('request_number') constraint funding_request_number_key unique,
	kind                 text not null default 'new' check (kind in ('new', 'change', 'extension', 'reduction', 'ending', 'notice', 'retrospective', 'uplift')),
	case_id              uuid references cases on delete restrict,            -- null: an uplift, whose lines name their cases
	forum_id             uuid not null references forum,   -- the panel asked
	submitted_by         uuid not null references person,  -- the presenter
	state                text not null default 'draft' check (state in ('draft', 'submitted', 'returned', 'tabled', 'decided')),

	owed                 jsonb not null default '[]',      -- [{"kind","words","on"}]: what the law already gives
	already_owed         text not null default '',         -- owed in words, as the room reads it
	reason               text not null default '',         -- why a package changes, ends or goes up
	authorised_by        text not null default '',         -- retrospective: who let it begin
	authorised_on        date,
	why_not_wait         text not null default '',
	provider             text not null default '',         -- who gave notice
	noticed_on           date,
	notice_ends_on       date,
	need                 text not null default '',
	outcomes             text not null default '',
	options              jsonb not null default '[]',      -- [{"what","why","chosen","weekly_pence","one_off_pence"}]
	client_weekly_pence  bigint check (client_weekly_pence >= 0), -- null: not answered yet
	weekly_pence         bigint not null default 0 check (weekly_pence >= 0),  -- to share: an average week, the client's contribution taken off
	one_off_pence        bigint not null default 0 check (one_off_pence >= 0),
	annual_pence         bigint not null default 0 check (annual_pence >= 0),  -- the weekly costs of a year, as the lines add up
	previous             jsonb,                            -- what is paid now, and where that is known from
	starts_on            date,
	ends_on              date,
	review_on            date,

	questions            jsonb not null default '[]',      -- asked when it was returned: [{"section","words"}]
	meeting_id           uuid references meeting,          -- where it is tabled
	late_meeting_id      uuid references meeting,          -- submitted after this meeting's papers were due, and asked to be taken there
	late_reason          text not null default '',
	late_answer          text not null default '' check (late_answer in ('', 'accepted', 'next')),
	late_answered_by     uuid references person,
	late_answered_at     timestamptz,
	created_at           timestamptz not null,
	submitted_at         timestamptz,
	decided_at           timestamptz,
	version              integer not null default 1,
	check (case_id is not null or kind = 'uplift'),
	check (ends_on is null or starts_on is null or ends_on >= starts_on),
	check ((state in ('tabled', 'decided')) = (meeting_id is not null)),
	check ((late_meeting_id is null) = (late_reason = ''))
);
create index funding_request_by_forum on funding_request (forum_id, state);
create index funding_request_by_presenter on funding_request (submitted_by, created_at);
create index funding_request_by_case on funding_request (case_id);
create index funding_request_by_meeting on funding_request (meeting_id) where meeting_id is not null;

-- What a request costs. Quantities are in hundredths of a unit.
create table request_line (
	id             uuid primary key,
	request_id     uuid not null references funding_request on delete cascade,
	position       integer not null,
	kind           text not null check (kind in ('care', 'education', 'transport', 'direct_payment', 'personal_health_budget', 'retainer', 'equipment', 'other')),
	what           text not null default '',
	provider       text not null default '',
	unit           text not null check (unit in ('hour', 'day', 'night', 'week', 'mile', 'journey', 'item')),
	quantity       bigint not null check (quantity > 0),
	price_pence    bigint not null check (price_pence >= 0),
	paid           text not null check (paid in ('every_week', 'some_weeks', 'fixed_weeks', 'once')),
	weeks          integer not null default 0 check (weeks between 0 and 520),
	case_id        uuid references cases on delete restrict,                  -- an uplift's: whose package it is
	present_pence  bigint check (present_pence >= 0),      -- an uplift's: its price now
	check ((case_id is null) = (present_pence is null))
);
create index request_line_by_request on request_line (request_id, position);
create index request_line_by_case on request_line (case_id) where case_id is not null;

create table request_share (
	request_id     uuid not null references funding_request on delete cascade,
	agency_id      uuid not null references agency,
	weekly_pence   bigint not null default 0 check (weekly_pence >= 0),
	one_off_pence  bigint not null default 0 check (one_off_pence >= 0),
	primary key (request_id, agency_id)
);

-- What a request said each time it was submitted, so that a second look shows what changed.
create table request_submission (
	request_id    uuid not null references funding_request on delete cascade,
	number        integer not null,
	submitted_at  timestamptz not null,
	content       jsonb not null,
	primary key (request_id, number)
);

-- +goose Down
drop table request_submission, request_share, request_line, funding_request;
drop sequence request_number;
