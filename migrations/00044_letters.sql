-- +goose Up
-- What is told about a decision once it binds, and who pays whom for it.

-- Who approves a forum's letters: its clerk (or chair), or its chair alone.
alter table terms_of_reference add column letter_approval text not null default 'clerk' check (letter_approval in ('clerk', 'chair'));

-- What a letter says, with placeholders: a version for each change. The versions the product ships with are
-- in the program; the first row of a template is the first change somebody made to it.
create table letter_template (
	key         text not null,
	number      integer not null check (number >= 1),
	subject     text not null check (subject <> ''),
	body        text not null check (body <> ''),
	changed_by  uuid not null references person,
	changed_at  timestamptz not null,
	primary key (key, number)
);

-- How somebody wishes to be written to, and with whom contact is barred. The latest row stands.
create table letter_wish (
	id           uuid primary key,
	case_id      uuid not null references cases,
	format       text not null check (format in ('plain', 'easy_read', 'large_print', 'audio', 'braille', 'sign_language')),
	language     text not null default '', -- '': English
	barred       text not null default '', -- with whom contact is barred, and by what; '' for nobody
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null
);
create index letter_wish_by_case on letter_wish (case_id, id desc);
create trigger letter_wish_follows_merge before insert on letter_wish for each row execute function follows_merge();

create table letter (
	id             uuid primary key,
	decision_id    uuid not null references decision,
	forum_id       uuid not null references forum,
	audience       text not null check (audience in ('funder', 'referrer', 'brokerage', 'young_person', 'parent')),
	agency_id      uuid references agency,
	person_id      uuid references person,        -- the referrer
	recipient      text not null default '',      -- who it is written to
	care_of        text not null default '',      -- who is handed it for a young person under 16
	basis          text not null default '' check (basis in ('', 'agreement', 'best_interests', 'legal_authority', 'parental_responsibility')),
	basis_reason   text not null default '',
	number         integer not null check (number >= 1), -- 2 is the first corrected letter
	corrects_id    uuid references letter,
	correction_id  uuid references decision_correction,
	template       text not null,
	template_number integer not null,
	format         text not null,
	language       text not null default '',
	due_on         date not null,
	held           jsonb not null default '[]',   -- why nothing goes to anybody by itself
	released_by    uuid references person,
	released_at    timestamptz,
	released_reason text not null default '',
	state          text not null default 'draft' check (state in ('draft', 'approved', 'sent', 'set_aside')),
	approved_by    uuid references person,
	approved_at    timestamptz,
	sent_on        date,
	sent_how       text not null default '' check (sent_how in ('', 'post', 'by_hand', 'secure_email', 'read_aloud')),
	sent_note      text not null default '',
	sent_by        uuid references person,
	settled_at     timestamptz,
	set_aside_reason text not null default '',
	created_at     timestamptz not null,
	version        integer not null default 1,
	check ((state in ('approved', 'sent')) = (approved_at is not null)),
	check ((state = 'sent') = (sent_on is not null and sent_how <> '' and sent_by is not null)),
	check ((state = 'set_aside') = (set_aside_reason <> '')),
	check ((released_at is null) = (released_reason = '')),
	check (audience <> 'parent' or basis <> '' and basis_reason <> '')
);
create unique index letter_once on letter (decision_id, audience, coalesce(agency_id, decision_id), number) where audience <> 'parent';
create unique index letter_corrected_once on letter (corrects_id, correction_id) where corrects_id is not null;
create index letter_open on letter (forum_id, due_on) where state in ('draft', 'approved');
create index letter_by_forum on letter (forum_id, created_at desc);
create index letter_by_decision on letter (decision_id);

-- Every wording of a letter; author null: drafted from the template.
create table letter_revision (
	letter_id  uuid not null references letter,
	number     integer not null check (number >= 1),
	subject    text not null,
	body       text not null,
	author     uuid references person,
	at         timestamptz not null,
	primary key (letter_id, number)
);

-- Which stage of a letter's day has been chased.
create table letter_chase (
	letter_id  uuid not null references letter,
	due_on     date not null,
	stage      text not null check (stage in ('before', 'after')),
	chased_at  timestamptz not null,
	primary key (letter_id, due_on, stage)
);

-- The cost codes an agency books to: one for each kind of support, and one ('') for all others.
create table cost_code (
	agency_id  uuid not null references agency,
	support    text not null default '',
	code       text not null check (code <> ''),
	primary key (agency_id, support)
);

-- Who pays the provider of a decided package and is repaid by the others. The latest row stands;
-- set_by null: the funder with the largest weekly share, until somebody says.
create table paying_lead (
	id           uuid primary key,
	decision_id  uuid not null references decision,
	agency_id    uuid not null references agency,
	set_by       uuid references person,
	set_at       timestamptz not null
);
create index paying_lead_by_decision on paying_lead (decision_id, id desc);

create sequence authorisation_number start 4001;

-- What one agency pays under a decision that binds. A later decision brings one that names it.
create table funding_authorisation (
	id                 uuid primary key,
	number             bigint not null default nextval('authorisation_number') constraint funding_authorisation_number_key unique,
	decision_id        uuid not null references decision,
	forum_id           uuid not null references forum,
	agency_id          uuid not null references agency,
	kind               text not null check (kind in ('new', 'replacement', 'end')),
	follows_id         uuid references funding_authorisation constraint funding_authorisation_followed_once unique,
	weekly_pence       bigint not null check (weekly_pence >= 0),
	one_off_pence      bigint not null check (one_off_pence >= 0),
	start_on           date,
	end_on             date,
	review_on          date,
	without_prejudice  boolean not null,
	committed_by       uuid references person, -- who gave the agency's position
	authorised_by      uuid references person, -- who authorised it
	raised_at          timestamptz not null,
	issued_at          timestamptz,
	issued_by          uuid references person,
	version            integer not null default 1,
	constraint funding_authorisation_once unique (decision_id, agency_id),
	check (kind <> 'end' or follows_id is not null and weekly_pence = 0 and one_off_pence = 0),
	check ((issued_at is null) = (issued_by is null))
);
create index funding_authorisation_by_forum on funding_authorisation (forum_id, number desc);
create index funding_authorisation_by_agency on funding_authorisation (agency_id, number desc);

create table authorisation_line (
	authorisation_id  uuid not null references funding_authorisation,
	position          integer not null,
	support           text not null default '', -- a kind of request line; '': the whole package
	weekly_pence      bigint not null check (weekly_pence >= 0),
	one_off_pence     bigint not null check (one_off_pence >= 0),
	cost_code         text not null default '',
	primary key (authorisation_id, position)
);

-- The recharge of a forum's decisions for a month, as it was issued.
create table recharge (
	id         uuid primary key,
	forum_id   uuid not null references forum,
	month      date not null check (extract(day from month) = 1),
	issued_by  uuid not null references person,
	issued_at  timestamptz not null,
	constraint recharge_month_key unique (forum_id, month)
);

-- for_month is an earlier one where a line adjusts what was issued for it.
create table recharge_line (
	recharge_id   uuid not null references recharge,
	position      integer not null,
	for_month     date not null,
	decision_id   uuid not null references decision,
	payer_id      uuid not null references agency, -- pays the provider, and is repaid
	debtor_id     uuid not null references agency, -- repays it
	interim       boolean not null,                -- without prejudice
	from_on       date,
	to_on         date,
	days          integer not null,
	weekly_pence  bigint not null,
	one_off_pence bigint not null,
	pence         bigint not null,
	primary key (recharge_id, position)
);
create index recharge_line_by_decision on recharge_line (decision_id);

create trigger record_never_changes before update or delete on letter_template for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on letter_revision for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on paying_lead for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on recharge for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on recharge_line for each row execute function record_never_changes();
create trigger record_never_changes before delete on letter for each row execute function record_never_changes();
create trigger record_never_changes before delete on funding_authorisation for each row execute function record_never_changes();

-- What was sent, and what was issued, is what somebody has in their hands.
-- +goose StatementBegin
create function letter_sent_stays() returns trigger language plpgsql as $$
begin
	if old.state in ('sent', 'set_aside') then
		raise exception 'a letter that was sent or set aside stays as it is: a corrected letter follows it';
	end if;
	return new;
end
$$;
create function revision_before_sent() returns trigger language plpgsql as $$
begin
	if not exists (select from letter where id = new.letter_id and state = 'draft') then
		raise exception 'a letter that was approved is not reworded';
	end if;
	return new;
end
$$;
create function authorisation_issued_stays() returns trigger language plpgsql as $$
begin
	if old.issued_at is not null then
		raise exception 'an authorisation that was issued stays as it is: another follows it';
	end if;
	return new;
end
$$;
create function code_before_issued() returns trigger language plpgsql as $$
begin
	if exists (select from funding_authorisation where id = new.authorisation_id and issued_at is not null) then
		raise exception 'an authorisation that was issued stays as it is: another follows it';
	end if;
	return new;
end
$$;
create function comes_with_its_recharge() returns trigger language plpgsql as $$
begin
	if not exists (select from recharge where id = new.recharge_id and xmin = pg_current_xact_id()::xid) then
		raise exception 'what was issued is never added to: an adjustment follows it';
	end if;
	return new;
end
$$;
-- +goose StatementEnd
create trigger letter_sent_stays before update on letter for each row execute function letter_sent_stays();
create trigger revision_before_sent before insert on letter_revision for each row execute function revision_before_sent();
create trigger authorisation_issued_stays before update on funding_authorisation for each row execute function authorisation_issued_stays();
create trigger code_before_issued before insert or update on authorisation_line for each row execute function code_before_issued();
create trigger record_never_changes before delete on authorisation_line for each row execute function record_never_changes();
create trigger comes_with_its_recharge before insert on recharge_line for each row execute function comes_with_its_recharge();

-- +goose Down
drop table recharge_line, recharge, authorisation_line, funding_authorisation, paying_lead, cost_code, letter_chase, letter_revision, letter, letter_wish, letter_template;
drop sequence authorisation_number;
drop function letter_sent_stays, revision_before_sent, authorisation_issued_stays, code_before_issued, comes_with_its_recharge;
alter table terms_of_reference drop column letter_approval;
