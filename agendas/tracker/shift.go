package tracker

// Shift moves every date of a reading by whole weeks, so that a fictional partnership's people keep
// their ages, and their weekdays, however long ago its tracker was written. Read the file as on the day
// it was written, then shift it to today. Dates in notes stay.
func (r *Reading) Shift(weeks int) {
	for i := range r.Rows {
		for _, rule := range fieldRules {
			if rule.date == nil {
				continue
			}
			if day := rule.date(&r.Rows[i].Case); !day.IsZero() {
				*day = day.AddDays(7 * weeks)
			}
		}
	}
}
