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
	care_act_outcome        text not null default '',
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
	transport_weekly_pence  bigint, -- beside the weekly cost, which leaves it out
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
	case_id    uuid not null references cases on delete restrict,
	person_id  uuid not null references person,
	kind       text not null check (kind in ('worker', 'referrer')),
	primary key (case_id, person_id, kind)
);
create index case_link_by_person on case_link (person_id);

-- A tracker file somebody chose: from the file kept, over what it says, to the cases changed and back.
create table tracker_import (
	id                uuid primary key,
	version           integer not null default 1, -- moves when the comparison is made again
	status            text not null check (status in ('chosen', 'looking', 'reading', 'staged', 'confirming', 'confirmed', 'undoing', 'undone', 'abandoned', 'failed')),
	trouble           text not null default '',   -- why it failed, or why it has to be looked at again, in words
	file_name         text not null,
	file_bytes        bigint not null,
	choice            jsonb not null default '{}', -- what the clerk chose of sheet, headings, columns and values
	sheet             text not null default '',
	heading_row       integer not null default 0,
	columns           jsonb not null default '[]', -- [{"field", "heading", "letter"}] in the file's order
	ignored           jsonb not null default '[]', -- headings that are no field
	notices           jsonb not null default '[]', -- sentences about the file as a whole
	new_count         integer not null default 0,
	changed_count     integer not null default 0,
	unchanged_count   integer not null default 0,
	warning_count     integer not null default 0,
	error_count       integer not null default 0,
	error_row_count   integer not null default 0,
	absent_count      integer not null default 0, -- cases held that the file does not name
	kept_count        integer not null default 0, -- values from meetings that the file disagrees with
	stayed_count      integer not null default 0, -- what an undo could not put back
	staged_by         uuid references person,     -- who chose the file
	staged_at         timestamptz not null,
	asked_by          uuid references person,     -- on whose word it is being read, confirmed or undone
	attempts          integer not null default 0, -- how often that was begun
	settled_by        uuid references person,
	settled_at        timestamptz,
	undone_by         uuid references person,
	undone_at         timestamptz,
	check ((status in ('confirmed', 'undoing', 'undone', 'abandoned')) = (settled_at is not null)),
	check ((status = 'undone') = (undone_at is not null))
);
create index tracker_import_by_time on tracker_import (staged_at desc);
create index tracker_import_settled on tracker_import (settled_at desc) where status = 'confirmed';
create index tracker_import_busy on tracker_import (status) where status in ('chosen', 'looking', 'reading', 'staged', 'confirming', 'undoing', 'failed');

-- How far the reading, confirming or undoing of an import is. Beside the import, because confirming holds that
-- row until it ends.
create unlogged table tracker_import_progress (
	import_id  uuid primary key references tracker_import on delete cascade,
	done       bigint not null,
	expected   bigint not null, -- 0: not known
	at         timestamptz not null
);

-- Its rows, until it is confirmed or abandoned: the columns of cases, as the file says them. Unlogged, because a
-- lost row is only read again.
create unlogged table tracker_import_row (
	import_id         uuid not null,
	row_number        integer not null,
	kind              text not null default 'new' check (kind in ('new', 'changed', 'unchanged', 'error')),
	fresh_id          uuid not null,               -- of the case to be, when it is new
	case_id           uuid,                        -- the case held
	case_version      integer not null default 0,  -- of the case compared with
	somebody_else     boolean not null default false, -- another name and another birthday than the case held
	undated           text[],                      -- dates that were said as "Yes": the day known, or else of reading, stands
	changes           jsonb,                       -- {field: [before, after]} when changed; [null, after] when new and never compared again
	person_reference          text not null,
	nhs_number                text,
	upn                       text,
	childrens_reference       text,
	adults_reference          text,
	forename                  text,
	surname                   text,
	date_of_birth             date,
	locality                  text,
	responsible_council       text,
	responsible_icb           text,
	school                    text,
	primary_need              text,
	ehcp                      boolean,
	ehcp_review_on            date,
	legal_status              text,
	social_care_status        text,
	referral_source           text,
	referred_on               date,
	allocated_worker          text,
	allocated_on              date,
	care_act_assessed_on      date,
	care_act_outcome          text,
	support_plan_on           date,
	mental_capacity_on        date,
	chc_checklist_on          date,
	chc_decision              text,
	pathway_plan_on           date,
	adult_safeguarded_on      date,
	court_date_on             date,
	placement                 text,
	out_of_county             boolean,
	placement_ends_on         date,
	weekly_cost_pence         bigint,
	asc_weekly_pence          bigint,
	csc_weekly_pence          bigint,
	education_weekly_pence    bigint,
	health_weekly_pence       bigint,
	transport_weekly_pence    bigint,
	section_117               boolean,
	protected_address         boolean,
	siblings                  text,
	interpreter               text,
	advocate                  text,
	safeguarding_concern      boolean,
	liberty_authorised        boolean,
	views_recorded_on         date,
	rag                       text,
	notes                     text,
	consent_refused           boolean,
	died_on                   date,
	moved_away_on             date,
	primary key (import_id, row_number)
) with (toast_tuple_target = 8160); -- a row of many columns stays in one piece, and is not squeezed
create index tracker_import_row_by_kind on tracker_import_row (import_id, kind, row_number);

-- What a person should look at in the file. Kept, with the file, until a later import is confirmed.
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
create index tracker_import_problem_by_row on tracker_import_problem (import_id, severity, compared desc, row_number, position);

-- What the tracker, or a meeting, has changed about a case, and when. {field: [before, after]}, both null or absent
-- when Not known; a case's first entry holds what it began with.
create table case_history (
	id         bigint generated always as identity primary key,
	case_id    uuid not null references cases on delete restrict,
	at         timestamptz not null,
	import_id  uuid, -- of tracker_import, which keeps every import; a key would be checked a hundred thousand times
	meeting_id uuid references meeting, -- said in this meeting, not by the tracker
	first      boolean not null default false,
	undone     boolean not null default false, -- the import was undone, and this is what that put back
	changes    jsonb not null
);
create index case_history_by_case on case_history (case_id, id desc);
create index case_history_by_import on case_history (import_id, id) where import_id is not null;
revoke update on case_history from quorate_app; -- it may be erased, and not rewritten

-- The fields the partnership's trackers supply. A rule whose field is not here cannot be judged.
create table tracker_field (
	field      text primary key,
	heading    text not null, -- as the last file that supplied it writes it
	import_id  uuid references tracker_import, -- null: no file supplies it
	sent       boolean not null default false, -- another system sends it
	at         timestamptz not null
);

-- What a meeting wrote onto a case, where the tracker may still say something else. It stands until a file agrees,
-- a clerk chooses the file's value, or another meeting says otherwise; released rows stay, for an undo.
create table kept_value (
	id                 uuid primary key default gen_random_uuid(),
	case_id            uuid not null references cases on delete restrict,
	field              text not null,
	value              jsonb not null, -- what the meeting said; null is Not known
	tracker_says       jsonb not null, -- as far as the last import told
	meeting_id         uuid not null references meeting,
	set_by             uuid references person,
	set_at             timestamptz not null,
	released_at        timestamptz,
	released_by        uuid references person,
	release            text check (release in ('agreed', 'file chosen', 'said anew')),
	release_import_id  uuid references tracker_import,
	check ((released_at is null) = (release is null))
);
create unique index kept_value_standing on kept_value (case_id, field) where released_at is null;
create index kept_value_by_case on kept_value (case_id);
create index kept_value_by_time on kept_value (set_at, id) where released_at is null;
create index kept_value_by_release on kept_value (release_import_id) where release_import_id is not null;

-- Where a staged file disagrees with a kept value, and which of the two the clerk chose.
create table tracker_import_kept (
	import_id    uuid not null references tracker_import on delete cascade,
	kept_id      uuid not null references kept_value on delete cascade,
	row_number   integer not null,
	file_says    jsonb not null,
	said_before  jsonb not null, -- what the tracker was last known to say
	take_file    boolean not null default false,
	primary key (import_id, kept_id)
);
create index tracker_import_kept_by_value on tracker_import_kept (kept_id);

-- What undoing an import left as it is, because somebody has changed or used it since.
create table tracker_import_stayed (
	import_id  uuid not null references tracker_import on delete cascade,
	case_id    uuid not null references cases on delete cascade,
	field      text not null, -- '': the case itself
	primary key (import_id, case_id, field)
);
create index tracker_import_stayed_by_case on tracker_import_stayed (case_id);
