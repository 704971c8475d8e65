-- +goose Up
-- Every young person with a trajectory to adult services.

create sequence case_number start 1001;

create table cases (
	id                      uuid primary key,
	number                  bigint not null default nextval('case_number') constraint cases_number_key unique,
	alias                   text not null constraint cases_alias_key unique,
	version                 integer not null default 1,
	person_reference        text not null constraint cases_person_reference_key unique,
	forename                text not null,
	surname                 text not null,
	date_of_birth           date not null,
	locality                text not null default '',
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

-- +goose Down
drop table case_link, cases;
drop sequence case_number;
