-- Every share of a funder in a vote of the period that failed for want of consent: refused, abstained, or no
-- position given. A body that is counted together gave one position for all its funders.
select v.id, i.case_id, cast(a.id as text) as row, a.name as label,
	case b.position when 'refuse' then 0 when 'abstain' then 1 else 2 end as part, 0 as amount, cast(v.closed_at at time zone 'Europe/London' as date) as day,
	coalesce('/decisions/' || (select d.id from decision d where d.item_id = v.item_id), '/meetings/' || m.id) as leads
from meeting m
join vote v on v.meeting_id = m.id and v.rule = 'funder_consent' and not v.carried and v.closed_at >= @from_instant and v.closed_at < @to_instant
join agenda_item i on i.id = v.item_id
join vote_share s on s.vote_id = v.id and s.weekly_pence + s.one_off_pence > 0
join agency a on a.id = s.agency_id
left join lateral (
	select b.position from ballot b join agency o on o.id = b.votes_for
	where b.vote_id = v.id and b.superseded_at is null
		and (b.votes_for = a.id or v.by_legal_body and a.legal_body <> '' and o.legal_body = a.legal_body)
	order by b.votes_for <> a.id limit 1) b on true
where m.forum_id in @forums and m.starts_at >= cast(@from_instant as timestamptz) - interval '90 days' and m.starts_at < @to_instant
	and b.position is distinct from 'consent'
