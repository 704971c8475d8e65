-- Everybody who turned 18 in the period: assessed by that day, not, or not because consent was refused.
select c.id, c.id as case_id, to_char(date_trunc('quarter', b.day), 'YYYY-MM') as row, '' as label,
	case when c.care_act_assessed_on <= b.day then 0 when c.consent_refused then 2 else 1 end as part, 0 as amount, b.day
from (@cases) c
cross join lateral (select birthday(c.date_of_birth, 18) as day) b
where c.date_of_birth > @born_after and c.date_of_birth <= @born_by
	and coalesce(c.died_on > b.day, true) and coalesce(c.moved_away_on > b.day, true)
