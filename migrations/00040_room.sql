-- +goose Up
-- What happens while a panel meets.

-- The log of a meeting: one row an event, numbered without gaps, each carrying the hash of the one
-- before. It holds no names and nothing anybody wrote: that, with the salt of its digest, is in
-- room_event_content, which can be erased without breaking a hash.
create table room_event (
	meeting_id  uuid not null references meeting,
	seq         bigint not null check (seq >= 1),
	command_id  uuid not null,
	type        text not null,
	item_id     uuid references agenda_item,
	person_id   uuid,
	system      text not null default '',
	at          timestamptz not null,
	digest      bytea not null check (length(digest) = 32),
	previous    bytea not null check (length(previous) = 32),
	hash        bytea not null check (length(hash) = 32),
	primary key (meeting_id, seq),
	constraint room_event_command_key unique (meeting_id, command_id)
);

-- Content is text, not jsonb: the digest is over these very bytes. record is what the event put on the
-- record (a decision, a correction, a minute), in the form the sealed record has it.
create table room_event_content (
	meeting_id  uuid not null,
	seq         bigint not null,
	salt        bytea not null,
	content     text not null,
	says        text not null,
	record      text not null default '',
	primary key (meeting_id, seq),
	foreign key (meeting_id, seq) references room_event
);

-- Where each item has got to; an item without a row is waiting, and so is one that an adjournment broke off.
create table item_progress (
	item_id        uuid primary key references agenda_item,
	meeting_id     uuid not null references meeting,
	progress       text not null check (progress in ('waiting', 'open', 'done', 'passed')),
	stage          text not null default 'present' check (stage in ('present', 'questions', 'deliberation')),
	opened_at      timestamptz,
	spent_seconds  integer not null default 0, -- before it was opened this time
	passed_reason  text not null default ''
);
create unique index item_progress_one_open on item_progress (meeting_id) where progress = 'open';
create index item_progress_by_meeting on item_progress (meeting_id);

-- What a walk down the list wrote about a name, beside what it changed on the case.
create table list_entry (
	item_id     uuid primary key references agenda_item,
	meeting_id  uuid not null references meeting,
	next_step   text not null default '',
	discussed   boolean not null default false
);
create index list_entry_by_meeting on list_entry (meeting_id);

-- Comings and goings; the last row of a person is how things stand.
create table attendance (
	id           uuid primary key,
	meeting_id   uuid not null references meeting,
	person_id    uuid not null references person,
	seat_id      uuid references seat, -- only in this seat
	present      boolean not null,
	remote       boolean not null default false,
	at           timestamptz not null,
	recorded_by  uuid not null references person,
	capacity     text not null default '' -- in what part they come, as the seats stand then: "deputy for Hal Hart, Health"
);
create index attendance_by_meeting on attendance (meeting_id, person_id, id desc);

create table interest (
	id                uuid primary key,
	meeting_id        uuid not null references meeting,
	item_id           uuid not null references agenda_item,
	person_id         uuid not null references person,
	kind              text not null check (kind in ('financial', 'personal', 'professional', 'family')),
	reason            text not null,
	declared_at       timestamptz not null,
	declared_by       uuid not null references person,
	withdrawn_at      timestamptz,
	withdrawn_by      uuid references person,
	withdrawn_reason  text not null default ''
);
create index interest_by_meeting on interest (meeting_id);
create unique index interest_stands_once on interest (item_id, person_id) where withdrawn_at is null;

-- What the chair answered: accepted, so that the person stays out; or a dispensation, with its reason, to
-- speak, or to speak and vote. The latest answer stands; until there is one the person has left.
create table interest_answer (
	id           uuid primary key,
	interest_id  uuid not null references interest,
	extent       text not null check (extent in ('left', 'speak', 'vote')),
	reason       text not null default '',
	answered_by  uuid not null references person,
	answered_at  timestamptz not null,
	check (extent = 'left' or reason <> '')
);
create index interest_answer_by_interest on interest_answer (interest_id, id desc);

-- Each declaration that was not taken back, with how far the chair lets the person take part all the same.
create view answered_interest as
	select n.*, coalesce(a.extent, '') as extent, coalesce(a.reason, '') as answer_reason
	from interest n
	left join lateral (select extent, reason from interest_answer where interest_id = n.id order by id desc limit 1) a on true
	where n.withdrawn_at is null;

-- Those that keep the person out.
create view standing_interest as
	select * from answered_interest where extent in ('', 'left');

-- Whom a standing interest keeps from which item: the item it was declared in, and every other item
-- about the same young person, at this meeting or another. Somebody who left for one of them must not
-- read it in the next line.
create view left_item as
	select n.id as interest_id, n.person_id, n.item_id, n.meeting_id
	from standing_interest n
	union
	select n.id, n.person_id, other.id, other.meeting_id
	from standing_interest n
	join agenda_item declared on declared.id = n.item_id
	cross join lateral same_case(declared.case_id) same
	join agenda_item other on other.case_id = same.id;

-- Who may speak on which items and not vote, by a dispensation. It covers what the interest covers.
create view voteless_item as
	select n.id as interest_id, n.person_id, n.item_id, n.meeting_id
	from answered_interest n where n.extent = 'speak'
	union
	select n.id, n.person_id, other.id, other.meeting_id
	from answered_interest n
	join agenda_item declared on declared.id = n.item_id
	cross join lateral same_case(declared.case_id) same
	join agenda_item other on other.case_id = same.id
	where n.extent = 'speak';
create index interest_by_person on interest (person_id) where withdrawn_at is null;

-- Whom a guest's place lets into which item: one that stands on a published agenda of a meeting that is
-- not over, until the item itself is.
create view joined_item as
	select g.id as guest_id, g.person_id, g.agency_id, g.item_id, g.meeting_id, i.case_id, i.request_id, a.kind = 'family' as family
	from meeting_guest g
	join agenda_item i on i.id = g.item_id
	join agency a on a.id = g.agency_id
	join meeting m on m.id = g.meeting_id
	left join item_progress p on p.item_id = g.item_id
	where g.ended_at is null and i.state = 'listed' and i.number <> '' and m.agenda_version > 0 and m.status in ('scheduled', 'in_session', 'adjourned')
		and coalesce(p.progress, 'waiting') in ('waiting', 'open');
-- Those who speak for an agency. The others are young people, and who supports them, at their own item: they
-- see far less of it.
create view guest_item as select * from joined_item where not family;

create table vote (
	id             uuid primary key,
	meeting_id     uuid not null references meeting,
	item_id        uuid not null references agenda_item,
	run            integer not null check (run >= 1),
	rule           text not null check (rule in ('consensus', 'simple_majority', 'two_thirds', 'funder_consent')),
	method         text not null check (method in ('spoken', 'devices')),
	by_legal_body  boolean not null default false, -- funders of one legal body gave one position together
	outcome        text not null,
	text           text not null default '',
	start_on       date,
	end_on         date,
	review_on      date,
	provisional    boolean not null default false,
	opened_at      timestamptz not null,
	opened_by      uuid not null references person,
	closed_at      timestamptz,
	closed_by      uuid references person,
	quorate        boolean not null default false, -- at the close
	quorum         text not null default '',       -- in words, at the close
	counted        text not null default '',       -- who made it up, and for whom, at the close
	carried        boolean not null default false,
	tied           boolean not null default false,
	result         text not null default '',
	voters         jsonb not null default '[]',    -- who was asked, as it stood at the close
	constraint vote_run_key unique (item_id, run)
);
create index vote_by_meeting on vote (meeting_id);
create unique index vote_one_open on vote (meeting_id) where closed_at is null;

create table vote_share (
	vote_id            uuid not null references vote,
	agency_id          uuid not null references agency,
	weekly_pence       bigint not null check (weekly_pence >= 0),
	one_off_pence      bigint not null check (one_off_pence >= 0),
	without_prejudice  boolean not null default false, -- paid in the interim while a dispute runs, to be reclaimed
	primary key (vote_id, agency_id)
);

-- votes_for is the funder, or under the other rules the member: one position each that stands.
create table ballot (
	id              uuid primary key,
	vote_id         uuid not null references vote,
	votes_for       uuid not null,
	seat_id         uuid references seat,
	guest_id        uuid references meeting_guest, -- a guest has no seat
	person_id       uuid not null references person,
	deputy          boolean not null,
	position        text not null check (position in ('consent', 'refuse', 'for', 'against', 'abstain')),
	condition       text not null default '',
	reason          text not null default '', -- for everything but agreement without conditions
	carried_from    uuid references ballot,   -- the position of an earlier run, kept because this funder's share is the same
	recommendation  boolean not null default false, -- above the seat's delegated limit
	cast_at         timestamptz not null,
	recorded_by     uuid not null references person,
	answer_by       date,                     -- written down by somebody else: until when the person may confirm or dispute it
	superseded_at   timestamptz,
	check (num_nonnulls(seat_id, guest_id) = 1)
);
create unique index ballot_one_stands on ballot (vote_id, votes_for) where superseded_at is null;
create index ballot_written_for on ballot (person_id, answer_by) where answer_by is not null;

-- The items nobody contests, which a chair puts on a list to be decided together. Whoever objects takes one off.
create table consent_item (
	item_id           uuid primary key references agenda_item,
	meeting_id        uuid not null references meeting,
	reasons           text not null check (reasons <> ''),
	put_by            uuid not null references person,
	put_at            timestamptz not null,
	taken_off_at      timestamptz,
	taken_off_by      uuid references person,
	taken_off_reason  text not null default '',
	decided_at        timestamptz,
	check (taken_off_at is null or decided_at is null)
);
create index consent_item_by_meeting on consent_item (meeting_id);

-- A funder's one position for the whole list; set aside when an item is put on afterwards, or by who gave it.
create table consent_position (
	id            uuid primary key,
	meeting_id    uuid not null references meeting,
	votes_for     uuid not null,
	seat_id       uuid not null references seat,
	person_id     uuid not null references person,
	deputy        boolean not null,
	given_at      timestamptz not null,
	recorded_by   uuid not null references person,
	set_aside_at  timestamptz
);
create unique index consent_position_one_stands on consent_position (meeting_id, votes_for) where set_aside_at is null;

create table decision (
	id                 uuid primary key,
	meeting_id         uuid not null references meeting,
	forum_id           uuid not null references forum,
	item_id            uuid not null references agenda_item constraint decision_item_key unique,
	case_id            uuid references cases on delete restrict,
	request_id         uuid references funding_request,
	vote_id            uuid references vote,
	replaces_id        uuid references decision,
	outcome            text not null,
	standing           text not null check (standing in ('decided', 'recommended', 'provisional')),
	endorsed_by_id     uuid references agency,
	reasons            text not null,
	start_on           date,
	end_on             date,
	review_on          date,
	without_prejudice  boolean not null default false,
	meanwhile          text not null default '',
	challenge          text not null default '',
	missing            text not null default '',
	next_forum_id      uuid references forum,
	next_meeting_id    uuid references meeting,
	what_next          text not null default '',
	casting_vote       text not null default '',
	assessor_present   boolean not null default false,
	escalation_id      uuid,                     -- on a board: what it answers
	direction          text not null default '', -- what a board directs, who does it and by when
	owner_id           uuid references person,
	act_by             date,
	quorum             text not null,
	counted            text not null default '', -- who made it up, and for whom, when it was taken
	weeks_thousandths  integer not null, -- how the forum counted a year that day
	confirmed_by       uuid not null references person,
	also_confirmed_by  uuid references person, -- the other chair, where the terms of reference ask both
	confirmed_at       timestamptz not null,   -- when it bound
	check (also_confirmed_by <> confirmed_by),
	check (outcome not in ('not_agreed') or (reasons <> '' and (escalation_id is not null or meanwhile <> '' and challenge <> ''))),
	check ((escalation_id is not null and outcome = 'agreed') = (direction <> '' and owner_id is not null and act_by is not null)),
	check (outcome <> 'deferred' or missing <> '')
);
create index decision_by_meeting on decision (meeting_id);
create index decision_by_escalation on decision (escalation_id) where escalation_id is not null;
create index decision_by_case on decision (case_id, confirmed_at) where case_id is not null;
create index decision_by_forum on decision (forum_id, confirmed_at);

-- What one chair has confirmed where the terms of reference ask both. It binds nobody: the other chair
-- confirms these very words, and they become the decision of this id; or a chair sends them back.
create table decision_waiting (
	id                uuid primary key,
	meeting_id        uuid not null references meeting,
	item_id           uuid not null references agenda_item,
	content           jsonb not null, -- a command decision.confirm, filled in
	standing          text not null,
	quorum            text not null,
	counted           text not null default '',
	seat_id           uuid not null references seat, -- the chair it was confirmed for
	confirmed_by      uuid not null references person,
	confirmed_at      timestamptz not null,
	settled_at        timestamptz,
	settled_by        uuid references person,
	sent_back_reason  text not null default '', -- '' once it has become the decision
	check ((settled_at is null) = (settled_by is null))
);
create unique index decision_waiting_once on decision_waiting (item_id) where settled_at is null;
create index decision_waiting_by_meeting on decision_waiting (meeting_id);

create table decision_share (
	decision_id        uuid not null references decision,
	agency_id          uuid not null references agency,
	weekly_pence       bigint not null check (weekly_pence >= 0),
	one_off_pence      bigint not null check (one_off_pence >= 0),
	without_prejudice  boolean not null default false, -- paid in the interim while a dispute runs, to be reclaimed
	primary key (decision_id, agency_id)
);

create table decision_condition (
	id            uuid not null constraint decision_condition_id_key unique,
	decision_id   uuid not null references decision,
	position      integer not null,
	text          text not null,
	evidence_due  date not null,
	owner_id      uuid not null references person, -- who shows it
	asked_by_id   uuid references agency,          -- the funder whose condition it is; null: the panel's
	primary key (decision_id, position)
);

create table decision_correction (
	id            uuid primary key,
	decision_id   uuid not null references decision,
	wrong         text not null,
	put_right     text not null,
	reason        text not null,
	corrected_by  uuid not null references person,
	corrected_at  timestamptz not null
);
create index decision_correction_by_decision on decision_correction (decision_id);

-- A note and every version of it that was ever saved.
create table note (
	id          uuid primary key,
	meeting_id  uuid not null references meeting,
	item_id     uuid not null references agenda_item,
	version     integer not null
);
create index note_by_meeting on note (meeting_id);

create table note_version (
	note_id  uuid not null references note,
	version  integer not null,
	text     text not null,
	author   uuid not null references person,
	at       timestamptz not null,
	primary key (note_id, version)
);

create table action (
	id          uuid primary key,
	meeting_id  uuid not null references meeting,
	forum_id    uuid not null references forum,
	item_id     uuid references agenda_item,
	case_id     uuid references cases on delete restrict,
	agency_id   uuid references agency,
	text        text not null,
	due_on      date not null,
	due_set_at  timestamptz not null, -- when that day was set: a reminder whose day was before it is not sent
	raised_by   uuid references person, -- null: at a meeting held before Quorate, and brought from its record
	raised_at   timestamptz not null,
	done_at     timestamptz,
	done_by     uuid references person,
	done_text   text not null default ''
);
create index action_open_by_forum on action (forum_id, due_on) where done_at is null; -- whose each is: action_owner
create index action_done_by_forum on action (forum_id, done_at) where done_at is not null;
create index action_open_by_day on action (due_on) where done_at is null;
create index action_by_meeting on action (meeting_id);
create index action_by_case on action (case_id) where case_id is not null;
create trigger action_follows_merge before insert on action for each row execute function follows_merge();

create table referral (
	id           uuid primary key,
	meeting_id   uuid not null references meeting,
	item_id      uuid not null references agenda_item,
	case_id      uuid not null references cases on delete restrict,
	to_forum_id  uuid not null references forum,
	reason       text not null,
	referred_by  uuid not null references person,
	referred_at  timestamptz not null,
	constraint referral_once unique (item_id, to_forum_id)
);
create index referral_by_meeting on referral (meeting_id);

-- What is on the record stays as it was: a mistake is put right beside it.
-- +goose StatementBegin
create function record_never_changes() returns trigger language plpgsql as $$
begin
	raise exception '% is a record and never changes: put a correction beside it', tg_table_name;
end
$$;
-- +goose StatementEnd
create trigger record_never_changes before update or delete on room_event for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision_share for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision_condition for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision_correction for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on note_version for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on vote_share for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on attendance for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on referral for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on interest_answer for each row execute function record_never_changes();
create trigger record_never_changes before delete on interest for each row execute function record_never_changes();
create trigger record_never_changes before delete on note for each row execute function record_never_changes();
create trigger record_never_changes before delete on action for each row execute function record_never_changes();
create trigger record_never_changes before update on room_event_content for each row execute function record_never_changes(); -- but it may be erased
create trigger record_never_changes before delete on ballot for each row execute function record_never_changes();
create trigger record_never_changes before delete on vote for each row execute function record_never_changes();

-- A ballot may only be superseded, once; a vote only closed; an interest only taken back.
-- Shares and conditions come in the transaction of the vote or decision they belong to, never later.
-- +goose StatementBegin
create function ballot_stays_as_cast() returns trigger language plpgsql as $$
begin
	if (to_jsonb(new) - 'superseded_at') is distinct from (to_jsonb(old) - 'superseded_at')
		or old.superseded_at is not null and new.superseded_at is distinct from old.superseded_at then
		raise exception 'a ballot stays as it was cast: a change supersedes it';
	end if;
	return new;
end
$$;
create function vote_is_only_closed() returns trigger language plpgsql as $$
begin
	if old.closed_at is not null then
		raise exception 'a closed vote never changes: run it again';
	end if;
	if (to_jsonb(new) - array['closed_at', 'closed_by', 'quorate', 'quorum', 'counted', 'carried', 'tied', 'result', 'voters'])
		is distinct from (to_jsonb(old) - array['closed_at', 'closed_by', 'quorate', 'quorum', 'counted', 'carried', 'tied', 'result', 'voters']) then
		raise exception 'what is voted on never changes: close the vote and run another';
	end if;
	return new;
end
$$;
create function interest_is_only_taken_back() returns trigger language plpgsql as $$
begin
	if old.withdrawn_at is not null
		or (to_jsonb(new) - array['withdrawn_at', 'withdrawn_by', 'withdrawn_reason'])
			is distinct from (to_jsonb(old) - array['withdrawn_at', 'withdrawn_by', 'withdrawn_reason']) then
		raise exception 'a declared interest stays as it was declared, and is taken back once';
	end if;
	return new;
end
$$;
create function waiting_decision_is_only_settled() returns trigger language plpgsql as $$
begin
	if old.settled_at is not null
		or (to_jsonb(new) - array['settled_at', 'settled_by', 'sent_back_reason'])
			is distinct from (to_jsonb(old) - array['settled_at', 'settled_by', 'sent_back_reason']) then
		raise exception 'what a chair confirmed stays as it was, and is confirmed by the other or sent back once';
	end if;
	return new;
end
$$;
create function comes_with_its_vote() returns trigger language plpgsql as $$
begin
	if not exists (select from vote where id = new.vote_id and xmin = pg_current_xact_id()::xid) then
		raise exception 'the shares of a vote are never added to';
	end if;
	return new;
end
$$;
create function comes_with_its_decision() returns trigger language plpgsql as $$
begin
	if not exists (select from decision where id = new.decision_id and xmin = pg_current_xact_id()::xid) then
		raise exception 'what was decided is never added to: put a correction beside it';
	end if;
	return new;
end
$$;
-- +goose StatementEnd
create trigger ballot_stays_as_cast before update on ballot for each row execute function ballot_stays_as_cast();
create trigger vote_is_only_closed before update on vote for each row execute function vote_is_only_closed();
create trigger interest_is_only_taken_back before update on interest for each row execute function interest_is_only_taken_back();
create trigger waiting_decision_is_only_settled before update on decision_waiting for each row execute function waiting_decision_is_only_settled();
create trigger record_never_changes before delete on decision_waiting for each row execute function record_never_changes();
create trigger comes_with_its_vote before insert on vote_share for each row execute function comes_with_its_vote();
create trigger comes_with_its_decision before insert on decision_share for each row execute function comes_with_its_decision();
create trigger comes_with_its_decision before insert on decision_condition for each row execute function comes_with_its_decision();

-- What a room rests on and its own log does not tell: who sits where, by which terms, who has left. One
-- number, which moves in the transaction of any such change, lets a process keep what it has read of a
-- meeting's table from one command to the next and know that it still holds.
create table room_basis (version bigint not null);
insert into room_basis values (1);

-- +goose StatementBegin
create function room_basis_moves() returns trigger language plpgsql as $$
begin
	update room_basis set version = version + 1;
	return null;
end
$$;
-- +goose StatementEnd
create trigger room_basis_moves after insert or update or delete on agency for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert or update or delete on forum for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert or update or delete on terms_of_reference for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert or update or delete on seat for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert or update or delete on seat_holding for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert or update or delete on meeting_guest for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert or update on interest for each statement execute function room_basis_moves();
create trigger room_basis_moves after insert on interest_answer for each statement execute function room_basis_moves();
create trigger room_basis_moves after update of name on person for each statement execute function room_basis_moves();
-- An interest holds for every item about the same young person, at any meeting.
create trigger room_basis_moves after insert or delete or update of case_id, number on agenda_item for each statement execute function room_basis_moves();
create trigger room_basis_moves after update of merged_into on cases for each statement execute function room_basis_moves();

