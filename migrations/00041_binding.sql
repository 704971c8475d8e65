-- +goose Up
-- When a decision binds, and what is said about it afterwards.

-- Whose yes a decision waits for before it binds anybody: written with it, and never changed.
create table decision_need (
	decision_id  uuid not null references decision,
	kind         text not null check (kind in ('endorsement', 'authorisation')),
	agency_id    uuid not null references agency,
	why          text not null check (why in ('quorum', 'limit', 'advice')), -- no quorum; above the seat's delegated limit; the forum only advises
	primary key (decision_id, kind, agency_id)
);

-- What an agency answered, once and for good. One refusal, and the decision never binds.
create table decision_answer (
	decision_id  uuid not null,
	kind         text not null,
	agency_id    uuid not null,
	person_id    uuid not null references person,
	officer      boolean not null, -- as the agency's authorising officer; else as a member of its seat who was not there
	agreed       boolean not null,
	reason       text not null default '',
	answered_at  timestamptz not null,
	primary key (decision_id, kind, agency_id),
	foreign key (decision_id, kind, agency_id) references decision_need,
	check (agreed or reason <> '')
);

-- The decisions that bind now, since when, and to what: a provisional one that was endorsed binds to
-- what was voted on. Everything that follows from a decision asks here, and not of its standing, which
-- says how it stood when it was confirmed.
create view binding_decision as
	select d.id as decision_id,
		coalesce((select max(a.answered_at) from decision_answer a where a.decision_id = d.id), d.confirmed_at) as bound_at,
		case
			when d.outcome <> 'provisional' then d.outcome
			when coalesce((select v.outcome from vote v where v.id = d.vote_id), 'agreed') <> 'agreed' then (select v.outcome from vote v where v.id = d.vote_id)
			when exists (select from decision_condition c where c.decision_id = d.id) then 'agreed_with_conditions'
			else 'agreed'
		end as outcome
	from decision d
	where (d.standing = 'decided' or exists (select from decision_need n where n.decision_id = d.id))
		and not exists (
			select from decision_need n
			where n.decision_id = d.id and not exists (
				select from decision_answer a
				where a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id and a.agreed));

create trigger record_never_changes before update or delete on decision_need for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision_answer for each row execute function record_never_changes();
create trigger comes_with_its_decision before insert on decision_need for each row execute function comes_with_its_decision();

-- +goose Down
drop view binding_decision;
drop table decision_answer, decision_need;
