-- +goose Up
-- Agencies that do not agree who is responsible or who pays: what each says, who pays meanwhile, who must decide by
-- when, and what came of it.

-- How many calendar days a level has to decide, by kind of dispute, and where that comes from.
create table dispute_period (
	kind      text primary key check (kind in ('chc', 'responsible_commissioner', 'ordinary_residence', 'safeguarding', 'panel')),
	position  integer not null constraint dispute_period_position_key unique,
	days      integer not null check (days between 1 and 365),
	source    text not null check (source <> ''),
	version   integer not null default 1
);
insert into dispute_period (kind, position, days, source) values
	('chc', 1, 28, 'Our default. The National Framework for NHS continuing healthcare asks each area to agree its own disputes procedure, with timescales.'),
	('responsible_commissioner', 2, 28, 'Our default. NHS England’s Who Pays? guidance says how a dispute between NHS commissioners is settled.'),
	('ordinary_residence', 3, 28, 'Our default, so that each level is heard within the four months after which councils refer it to the Secretary of State (Care and Support (Disputes Between Local Authorities) Regulations 2014).'),
	('safeguarding', 4, 7, 'Our default. The safeguarding partners’ escalation procedure says how soon each level answers.'),
	('panel', 5, 28, 'Our default: as long as a blocker may stay at a level.');

create table dispute (
	id            uuid primary key,
	blocker_id    uuid not null references blocker, -- it goes on with whatever that one joined: see dispute_now
	kind          text not null references dispute_period,
	about         text not null check (about <> ''), -- case content: what they do not agree about
	days          integer not null, -- that a level has, and where that comes from, as they were when it began
	source        text not null,
	positions_by  date not null, -- until when the agencies are asked to state theirs
	opened_on     date not null,
	opened_at     timestamptz not null,
	opened_by     uuid not null references person,
	ended_at      timestamptz,
	version       integer not null default 1
);
create index dispute_by_blocker on dispute (blocker_id);
create index dispute_open on dispute (opened_on) where ended_at is null;

-- The disputes that go on, each with the blocker that stands.
create view dispute_now as
	select d.*, case when b.joined_into is null then b.id else standing_blocker(b.id) end as stands_at
	from dispute d join blocker b on b.id = d.blocker_id where d.ended_at is null;

create table dispute_party (
	dispute_id  uuid not null references dispute,
	agency_id   uuid not null references agency,
	primary key (dispute_id, agency_id)
);
create index dispute_party_by_agency on dispute_party (agency_id);

-- What an agency says. The latest stands; earlier words are kept.
create table dispute_position (
	id            uuid primary key,
	dispute_id    uuid not null,
	agency_id     uuid not null,
	words         text not null check (words <> ''), -- case content
	weekly_pence  bigint check (weekly_pence >= 0),  -- the share it accepts; null: it says nothing of money
	said_by       text not null default '',          -- who said it, where somebody else wrote it down on the agency's behalf
	stated_by     uuid not null references person,
	stated_at     timestamptz not null,
	foreign key (dispute_id, agency_id) references dispute_party
);
create index dispute_position_by_party on dispute_position (dispute_id, agency_id, id);
create trigger dispute_position_kept before update or delete on dispute_position for each row execute function kept_as_written();

-- Who pays meanwhile, without prejudice. The latest stands.
create table dispute_interim (
	id            uuid primary key,
	dispute_id    uuid not null,
	agency_id     uuid not null,
	from_on       date not null,
	weekly_pence  bigint not null check (weekly_pence > 0),
	agreed_by     uuid not null references person, -- who speaks for the agency
	recorded_by   uuid not null references person,
	recorded_at   timestamptz not null,
	foreign key (dispute_id, agency_id) references dispute_party
);
create index dispute_interim_by_dispute on dispute_interim (dispute_id, id);
create trigger dispute_interim_kept before update or delete on dispute_interim for each row execute function kept_as_written();

create table dispute_result (
	dispute_id   uuid primary key references dispute,
	ending       text not null check (ending in ('decided', 'agreed', 'withdrawn')),
	words        text not null check (words <> ''), -- case content
	payer_id     uuid references agency, -- who pays from now on; null: nobody alone, or it is not about money
	level_name   text not null,          -- where it stood
	settled_on   date not null,
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null
);
create trigger dispute_result_kept before update or delete on dispute_result for each row execute function kept_as_written();

-- What a dispute about a decision came to, in the words of that day. It stands beside the decision, which is as it
-- was confirmed.
create table decision_settlement (
	id           uuid primary key,
	decision_id  uuid not null references decision,
	source_id    uuid not null, -- the dispute
	about        text not null, -- "Ordinary residence, blocker B14"
	ending       text not null, -- "Decided by MARP"
	words        text not null,
	payer        text not null, -- the agency that pays from now on; '' for none
	settled_on   date not null,
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null,
	constraint decision_settlement_once unique (decision_id, source_id)
);
create trigger decision_settlement_kept before update or delete on decision_settlement for each row execute function kept_as_written();

-- +goose Down
drop table decision_settlement, dispute_result, dispute_interim, dispute_position, dispute_party;
drop view dispute_now;
drop table dispute, dispute_period;
