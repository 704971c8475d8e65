package panels

import "quorate/server/base/db"

// MinutesAreOut ends the deadline for a meeting's minutes: they are before those who were asked to come.
// Only the first time counts. The caller has locked the meeting.
func MinutesAreOut(tx db.Tx, meeting Meeting) error {
	if meeting.MinutesSentAt != nil {
		return nil
	}
	err := db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", meeting.ID, meeting.Version).
		Updates(map[string]any{"minutes_sent_at": tx.Now, "version": meeting.Version + 1}))
	if err != nil {
		return err
	}
	return record(tx, "meeting.minutes_out", meeting.ID, meeting.ForumID, nil, nil)
}
