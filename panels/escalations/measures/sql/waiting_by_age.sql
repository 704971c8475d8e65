-- Who was referred and is not assessed, by age; beside them who refused consent, and what was finished lately.
with waiting as (
	select c.id, c.referred_on, c.consent_refused, extract(year from age(cast(@today as timestamp), cast(c.date_of_birth as timestamp))) as years
	from (@cases) c
	where c.date_of_birth > @born_after and c.referred_on <= @today and coalesce(c.care_act_assessed_on > @today, true)
		and coalesce(c.died_on > @today, true) and coalesce(c.moved_away_on > @today, true))
select w.id, w.id as case_id, case when w.years < 14 then '0' when w.years > 17 then '18' else cast(w.years as text) end as row, '' as label,
	case when w.consent_refused then 1 else 0 end as part, 0 as amount, w.referred_on as day
from waiting w
union all
select c.id, c.id, 'finished', '', 2, 0, c.care_act_assessed_on
from (@cases) c
where c.care_act_assessed_on > @finished_after and c.care_act_assessed_on <= @today
