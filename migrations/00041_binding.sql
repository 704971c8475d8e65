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

-- Who may give an answer that is still waited for: the agency's authorising officer, and for an
-- endorsement also whoever decides for that agency here, as holder or deputy, and was not there. Nobody
-- who left for the item, gave a position on it, confirmed it, or brought it or its request.
create view decision_answerer as
	with waited as (
		select n.decision_id, n.kind, n.agency_id, d.meeting_id, d.forum_id, d.item_id, d.request_id, d.confirmed_by, d.also_confirmed_by,
			coalesce((select v.closed_at from vote v where v.id = d.vote_id), (select w.confirmed_at from decision_waiting w where w.id = d.id), d.confirmed_at) as decided_at,
			(m.starts_at at time zone 'Europe/London')::date as day
		from decision_need n
		join decision d on d.id = n.decision_id
		join meeting m on m.id = d.meeting_id
		where not exists (select from decision_answer a where a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id)
			and not exists (select from decision_answer a where a.decision_id = n.decision_id and not a.agreed)
	), asked as (
		select w.*, a.officer_id as person_id, true as officer
		from waited w join agency a on a.id = w.agency_id
		where a.officer_id is not null
		union
		select w.*, h.person_id, false
		from waited w
		join agency a on a.id = w.agency_id
		join seat s on s.forum_id = w.forum_id and s.agency_id = w.agency_id and s.standing = 'deciding' and s.office <> 'clerk'
		join seat_holding h on h.seat_id = s.id and h.from_date <= w.day and (h.to_date is null or h.to_date >= w.day)
		where w.kind = 'endorsement' and h.person_id is distinct from a.officer_id
			and not coalesce((select t.present from attendance t where t.meeting_id = w.meeting_id and t.person_id = h.person_id and t.at <= w.decided_at order by t.id desc limit 1), false)
	)
	select k.decision_id, k.kind, k.agency_id, k.person_id, k.officer, k.decided_at
	from asked k
	join person p on p.id = k.person_id and p.ended_on is null
	where k.person_id <> k.confirmed_by and k.person_id is distinct from k.also_confirmed_by
		and not exists (select from left_item n where n.item_id = k.item_id and n.person_id = k.person_id)
		and not exists (select from ballot b join vote v on v.id = b.vote_id where v.item_id = k.item_id and b.person_id = k.person_id)
		and not exists (select from agenda_item i where i.id = k.item_id and i.presenter_id = k.person_id)
		and not exists (select from funding_request q where q.id = k.request_id and q.submitted_by = k.person_id);

-- Whom an answer was asked of, or chased for, and when: each stage once for each person.
create table decision_ask (
	decision_id  uuid not null,
	kind         text not null,
	agency_id    uuid not null,
	person_id    uuid not null references person,
	stage        text not null check (stage in ('asked', 'reminded', 'late')),
	asked_at     timestamptz not null,
	primary key (decision_id, kind, agency_id, person_id, stage),
	foreign key (decision_id, kind, agency_id) references decision_need
);

-- What shows that a condition is met, and what was said of it. The last of each counts.
create table condition_evidence (
	id            uuid primary key,
	condition_id  uuid not null references decision_condition (id),
	text          text not null,
	paper_id      uuid references paper,
	given_by      uuid not null references person,
	given_at      timestamptz not null
);
create index condition_evidence_by_condition on condition_evidence (condition_id, id desc);

create table condition_judgement (
	evidence_id  uuid primary key references condition_evidence,
	accepted     boolean not null,
	reason       text not null default '',
	due_on       date, -- asked again: by this day
	judged_by    uuid not null references person,
	judged_at    timestamptz not null,
	check (accepted or (reason <> '' and due_on is not null))
);

-- A condition whose owner has left is somebody else's from then on.
create table condition_handing (
	id            uuid primary key,
	condition_id  uuid not null references decision_condition (id),
	owner_id      uuid not null references person,
	handed_by     uuid not null references person,
	handed_at     timestamptz not null
);
create index condition_handing_by_condition on condition_handing (condition_id, id desc);

create table condition_chase (
	condition_id  uuid not null references decision_condition (id),
	due_on        date not null,
	stage         text not null check (stage in ('before', 'due', 'overdue')),
	chased_at     timestamptz not null,
	primary key (condition_id, due_on, stage)
);

-- Each condition as it stands: whose, by when, and how far it has got.
create view condition_now as
	select c.id as condition_id, c.decision_id, c.asked_by_id,
		coalesce((select h.owner_id from condition_handing h where h.condition_id = c.id order by h.id desc limit 1), c.owner_id) as owner_id,
		coalesce((select max(j.due_on) from condition_evidence e join condition_judgement j on j.evidence_id = e.id where e.condition_id = c.id), c.evidence_due) as due_on,
		last.id as evidence_id,
		case
			when last.id is null then 'waiting'
			when last.judged_at is null then 'given'
			when last.accepted then 'met'
			else 'asked_again'
		end as state
	from decision_condition c
	left join lateral (
		select e.id, j.judged_at, j.accepted
		from condition_evidence e left join condition_judgement j on j.evidence_id = e.id
		where e.condition_id = c.id order by e.id desc limit 1
	) last on true;
-- What agencies pay in a year, by every panel's decisions.
create index decision_paying on decision (coalesce(end_on, 'infinity'::date), start_on)
	where start_on is not null and outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part', 'provisional');
create index decision_by_replaced on decision (replaces_id) where replaces_id is not null;
create index decision_condition_by_owner on decision_condition (owner_id);
create index condition_handing_by_owner on condition_handing (owner_id);
create index decision_need_by_agency on decision_need (agency_id);
create index agency_by_officer on agency (officer_id) where officer_id is not null;

create trigger record_never_changes before update or delete on condition_evidence for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on condition_judgement for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on condition_handing for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision_need for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on decision_answer for each row execute function record_never_changes();
create trigger comes_with_its_decision before insert on decision_need for each row execute function comes_with_its_decision();

-- +goose Down
drop view condition_now, decision_answerer, binding_decision;
drop table condition_chase, condition_handing, condition_judgement, condition_evidence, decision_ask, decision_answer, decision_need;
