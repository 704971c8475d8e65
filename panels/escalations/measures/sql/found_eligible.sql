-- Every assessment of the period: found eligible, found not, or its outcome is not known yet.
select c.id, c.id as case_id, to_char(date_trunc('quarter', c.care_act_assessed_on), 'YYYY-MM') as row, '' as label,
	case lower(c.care_act_outcome) when 'eligible' then 0 when 'not eligible' then 1 else 2 end as part, 0 as amount, c.care_act_assessed_on as day
from (@cases) c
where c.care_act_assessed_on >= @from and c.care_act_assessed_on <= @to
