-- +goose Up
-- Every young person with a trajectory to adult services.

create sequence case_number start 1001;

create table cases (
	id                      uuid primary key,
	number                  bigint not null default nextval('case_number') constraint cases_number_key unique,
	alias                   text not null constraint cases_alias_key unique,
	version                 integer not null default 1,
	person_reference        text not null constraint cases_person_reference_key unique,
	nhs_number              text not null default '', -- ten digits
	upn                     text not null default '',
	childrens_reference     text not null default '',
	adults_reference        text not null default '',
	forename                text not null,
	surname                 text not null,
	date_of_birth           date not null,
	locality                text not null default '',
	responsible_council     text not null default '', -- '': the tracker does not say
	responsible_icb         text not null default '',
	school                  text not null default '',
	primary_need            text not null default '',
	ehcp                    boolean,
	ehcp_review_on          date,
	legal_status            text not null default '',
	social_care_status      text not null default '',
	referral_source         text not null default '',
	referred_on             date,
	allocated_worker        text not null default '',
	allocated_on            date,
	care_act_assessed_on    date,
	support_plan_on         date,
	mental_capacity_on      date,
	chc_checklist_on        date,
	chc_decision            text not null default '',
	pathway_plan_on         date,
	adult_safeguarded_on    date,
	court_date_on           date,
	placement               text not null default '',
	out_of_county           boolean,
	placement_ends_on       date,
	weekly_cost_pence       bigint,
	asc_weekly_pence        bigint,
	csc_weekly_pence        bigint,
	education_weekly_pence  bigint,
	health_weekly_pence     bigint,
	section_117             boolean,
	protected_address       boolean,
	siblings                text not null default '',
	interpreter             text not null default '',
	advocate                text not null default '',
	safeguarding_concern    boolean,
	liberty_authorised      boolean,
	views_recorded_on       date,
	rag                     text not null default '',
	notes                   text not null default '',
	consent_refused         boolean,
	died_on                 date,
	moved_away_on           date,
	created_at              timestamptz not null,
	updated_at              timestamptz not null
);
create index cases_by_name on cases (lower(surname), lower(forename));
create index cases_by_locality on cases (locality, date_of_birth);

-- Who brings or works a case, beyond the seats that may see it.
create table case_link (
	case_id    uuid not null references cases,
	person_id  uuid not null references person,
	kind       text not null check (kind in ('worker', 'referrer')),
	primary key (case_id, person_id, kind)
);
create index case_link_by_person on case_link (person_id);

-- A tracker file somebody chose: what it says, compared with the cases held, waiting to be confirmed.
create table tracker_import (
	id                uuid primary key,
	version           integer not null default 1, -- moves when the comparison is made again
	status            text not null default 'staged' check (status in ('staged', 'confirmed', 'abandoned')),
	file_name         text not null,
	sheet             text not null default '',
	heading_row       integer not null,
	columns           jsonb not null, -- [{"field", "heading", "letter"}] in the file's order
	ignored           jsonb not null, -- headings that are no field
	notices           jsonb not null, -- sentences about the file as a whole
	new_count         integer not null,
	changed_count     integer not null,
	unchanged_count   integer not null,
	warning_count     integer not null,
	error_count       integer not null,
	error_row_count   integer not null,
	absent_count      integer not null default 0, -- cases held that the file does not name
	staged_by         uuid references person,
	staged_at         timestamptz not null,
	settled_by        uuid references person,
	settled_at        timestamptz,
	check ((status = 'staged') = (settled_at is null))
);
create index tracker_import_by_time on tracker_import (staged_at desc);

-- Its rows, until it is confirmed or abandoned. "said" holds the fields the file supplies.
create table tracker_import_row (
	import_id         uuid not null references tracker_import on delete cascade,
	row_number        integer not null,
	person_reference  text not null,
	kind              text not null check (kind in ('new', 'changed', 'unchanged')),
	case_id           uuid not null, -- the case held, or the one to be
	case_version      integer not null, -- of the case compared with; 0 when new
	alias             text,          -- given to a new case as it is confirmed
	somebody_else     boolean not null default false, -- another name and another birthday than the case held
	said              jsonb not null,
	changes           jsonb,         -- {field: [before, after]} when changed
	primary key (import_id, row_number),
	constraint tracker_import_row_reference_key unique (import_id, person_reference)
);
create index tracker_import_row_by_kind on tracker_import_row (import_id, kind, row_number);

-- What a person should look at in the file. Kept until a later import is confirmed.
create table tracker_import_problem (
	import_id   uuid not null references tracker_import on delete cascade,
	position    integer not null,
	severity    text not null check (severity in ('warning', 'error')),
	compared    boolean not null default false, -- found by comparing with the cases held, not by reading
	row_number  integer not null,
	heading     text not null,
	value       text not null,
	problem     text not null,
	primary key (import_id, position)
);

-- What the tracker, or a meeting, has changed about a case, and when. {field: [before, after]}, both null or absent
-- when Not known; a case's first entry holds what it began with.
create table case_history (
	id         bigint generated always as identity primary key,
	case_id    uuid not null references cases,
	at         timestamptz not null,
	import_id  uuid references tracker_import,
	meeting_id uuid references meeting, -- said in this meeting, not by the tracker
	first      boolean not null default false,
	changes    jsonb not null
);
create index case_history_by_case on case_history (case_id, id desc);
revoke update on case_history from quorate_app; -- it may be erased, and not rewritten

-- The fields the partnership's trackers supply. A rule whose field is not here cannot be judged.
create table tracker_field (
	field      text primary key,
	heading    text not null, -- as the last file that supplied it writes it
	import_id  uuid not null references tracker_import,
	at         timestamptz not null
);
