package agendas

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// VersionChange is a published version with what it changed.
type VersionChange struct {
	Version     int
	PublishedAt time.Time
	PublishedBy string
	Late        bool
	DueOn       clock.Date
	LateReason  string
	Changes     Changes // from the version before; none for the first
	OpenedAt    *time.Time
}

// VersionsPage is every version of an agenda, the latest first.
type VersionsPage struct {
	Meeting  panels.Meeting
	Forum    panels.Forum
	Versions []VersionChange
}

// versionsShown bounds the list of versions; an agenda has a handful.
const versionsShown = 50

// ShowVersions lists the versions of a meeting's agenda with what each changed, for those who may read the
// whole of it.
func ShowVersions(tx db.Tx, meetingID uuid.UUID, withheld Withheld) (page VersionsPage, err error) {
	latest, err := ShowPublished(tx, meetingID, 0, withheld)
	if err != nil {
		return page, err
	}
	if latest.OnlyOwn {
		return page, noSuchAgenda
	}
	page.Meeting, page.Forum = latest.Meeting, latest.Forum
	var rows []struct {
		Version
		Publisher string
		OpenedAt  *time.Time
	}
	err = tx.Raw(`
		select v.*, p.name as publisher, r.read_at as opened_at
		from agenda_version v join person p on p.id = v.published_by
		left join agenda_read r on r.meeting_id = v.meeting_id and r.version = v.version and r.person_id = @me
		where v.meeting_id = @meeting order by v.version desc limit @limit`,
		map[string]any{"meeting": meetingID, "me": tx.Actor.PersonID, "limit": versionsShown}).Scan(&rows).Error
	if err != nil {
		return page, err
	}
	for i, row := range rows {
		change := VersionChange{
			Version: row.Version.Version, PublishedAt: row.PublishedAt, PublishedBy: row.Publisher,
			Late: row.Late(), DueOn: row.DueOn, LateReason: row.LateReason, OpenedAt: row.OpenedAt,
		}
		if i+1 < len(rows) {
			change.Changes = Compare(rows[i+1].Content, row.Content).readableBy(latest.Lines)
		}
		page.Versions = append(page.Versions, change)
	}
	return page, nil
}
