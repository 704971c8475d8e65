-- What would have been decided without a quorum in the period, and what became of it.
select d.id, d.case_id,
	case when bool_or(a.agreed is false) then 'refused' when bool_and(a.agreed is true) then 'endorsed' else 'waits' end as row,
	'' as label, 0 as part, 0 as amount, cast(d.confirmed_at at time zone 'Europe/London' as date) as day, '/decisions/' || d.id as leads
from decision d
join decision_need n on n.decision_id = d.id and n.kind = 'endorsement' and n.why = 'quorum'
left join decision_answer a on a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id
where d.forum_id in @forums and d.confirmed_at >= @from_instant and d.confirmed_at < @to_instant
group by d.id
union all
select v.id, i.case_id, case when m.kind = 'held' then 'vote' else 'writing' end, '', 0, 0, cast(v.closed_at at time zone 'Europe/London' as date),
	'/meetings/' || m.id
from meeting m
join vote v on v.meeting_id = m.id and v.closed_at >= @from_instant and v.closed_at < @to_instant and not v.quorate
join agenda_item i on i.id = v.item_id
where m.forum_id in @forums and m.starts_at >= cast(@from_instant as timestamptz) - interval '90 days' and m.starts_at < @to_instant
	and not exists (select from decision d where d.item_id = v.item_id)
