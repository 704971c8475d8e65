package agendas

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RuleVersionRow is a version of a rule in the list of them.
type RuleVersionRow struct {
	Version   int
	ChangedAt time.Time
	ChangedBy string // "" for the version that shipped
}

// VersionsOf lists a rule's versions, the newest first.
func VersionsOf(tx db.Tx, key string) ([]RuleVersionRow, error) {
	if err := tx.Actor.Check(access.ReadRules, uuid.Nil); err != nil {
		return nil, err
	}
	var rows []RuleVersionRow
	err := tx.Raw(`
		select r.version, r.changed_at, coalesce(p.name, '') as changed_by from rule r left join person p on p.id = r.changed_by
		where r.key = ? order by r.version desc limit 200`, key).Scan(&rows).Error
	return rows, err
}

// RuleAsItWas is one version of a rule.
func RuleAsItWas(tx db.Tx, key string, version int) (Rule, error) {
	var rule Rule
	if err := tx.Actor.Check(access.ReadRules, uuid.Nil); err != nil {
		return rule, err
	}
	err := tx.Where("key = ? and version = ?", key, version).Take(&rule).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rule, errNoRule
	}
	return rule, err
}

// RulesAsTheyWere are the rules that were in use for a forum when a version of an agenda was published.
type RulesAsTheyWere struct {
	Meeting     panels.Meeting
	Forum       panels.Forum
	Version     int // of the agenda
	PublishedAt time.Time
	Rules       []RuleThen
}

// RuleThen is a rule as it was, and the version now in force.
type RuleThen struct {
	Rule   `gorm:"embedded"`
	Latest int
}

// ShowRulesAsTheyWere reads the rules that a published agenda names; version 0 is the latest agenda.
func ShowRulesAsTheyWere(tx db.Tx, meetingID uuid.UUID, version int) (page RulesAsTheyWere, err error) {
	if page.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	if err := tx.Actor.Check(access.ReadAgenda, page.Meeting.ForumID); err != nil {
		return page, err
	}
	if page.Forum, err = panels.ForumByID(tx, page.Meeting.ForumID); err != nil {
		return page, err
	}
	if page.Version = version; version == 0 {
		page.Version = page.Meeting.AgendaVersion
	}
	published := tx.Raw(`select published_at from agenda_version where meeting_id = ? and version = ?`, meetingID, page.Version).Scan(&page.PublishedAt)
	if published.Error != nil {
		return page, published.Error
	}
	if published.RowsAffected == 0 {
		return page, fault.New(fault.NotFound, "This agenda has not been published.")
	}
	err = tx.Raw(`
		select r.*, (select max(newer.version) from rule newer where newer.key = r.key) as latest
		from agenda_version v
		cross join lateral jsonb_to_recordset(coalesce(nullif(v.content -> 'rules', 'null'), '[]')) as named(key text, version integer)
		join rule r on r.key = named.key and r.version = named.version
		where v.meeting_id = ? and v.version = ?
		order by r.position, r.key`, meetingID, page.Version).Scan(&page.Rules).Error
	return page, err
}
