package tracker

import "quorate/server/base/db"

// SuppliedFields are the fields the partnership's trackers have a column for.
type SuppliedFields map[Field]bool

// Has reports whether a tracker supplies the field kept in this column of cases.
func (s SuppliedFields) Has(column string) bool { return s[Field(column)] }

// Supplied reads which fields the confirmed imports supplied. A rule on any other cannot be judged.
func Supplied(tx db.Tx) (SuppliedFields, error) {
	var fields []Field
	if err := tx.Raw(`select field from tracker_field`).Scan(&fields).Error; err != nil {
		return nil, err
	}
	supplied := make(SuppliedFields, len(fields))
	for _, field := range fields {
		supplied[field] = true
	}
	return supplied, nil
}
