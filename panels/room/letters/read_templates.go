package letters

import (
	"slices"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// templateInForce is the latest version of a template: one that somebody wrote, or the one that is shipped.
func templateInForce(tx db.Tx, key string) (Template, error) {
	t, found := shipped[key]
	if !found {
		return t, fault.New(fault.NotFound, "There is no such template.")
	}
	var written []Template
	err := tx.Raw(`select t.*, p.name as by from letter_template t join person p on p.id = t.changed_by where t.key = ? order by t.number desc limit 1`, key).Scan(&written).Error
	if len(written) > 0 {
		t = written[0]
	}
	return t, err
}

// TemplateLine is a template in a list.
type TemplateLine struct {
	Template
	Title string
}

// ListTemplates lists every template as it is in force, for who may write them.
func ListTemplates(tx db.Tx) ([]TemplateLine, error) {
	if err := tx.Actor.Check(access.ChangeTemplates, anyForum); err != nil {
		return nil, err
	}
	var written []Template
	err := tx.Raw(`select distinct on (t.key) t.*, p.name as by from letter_template t join person p on p.id = t.changed_by order by t.key, t.number desc`).Scan(&written).Error
	var lines []TemplateLine
	for _, key := range Keys() {
		t := shipped[key]
		if at := slices.IndexFunc(written, func(w Template) bool { return w.Key == key }); at >= 0 {
			t = written[at]
		}
		lines = append(lines, TemplateLine{t, Title(key)})
	}
	return lines, err
}

// TemplatePage is a template with its earlier versions, the latest first.
type TemplatePage struct {
	Template
	Title        string
	Placeholders []Placeholder
	Earlier      []Template
}

// ShowTemplate is a template to read and change.
func ShowTemplate(tx db.Tx, key string) (TemplatePage, error) {
	if err := tx.Actor.Check(access.ChangeTemplates, anyForum); err != nil {
		return TemplatePage{}, err
	}
	first, found := shipped[key]
	if !found {
		return TemplatePage{}, fault.New(fault.NotFound, "There is no such template.")
	}
	var written []Template
	err := tx.Raw(`select t.*, p.name as by from letter_template t join person p on p.id = t.changed_by where t.key = ? order by t.number desc limit 200`, key).Scan(&written).Error
	all := append(written, first)
	return TemplatePage{Template: all[0], Title: Title(key), Placeholders: Placeholders(audienceOf(key)), Earlier: all[1:]}, err
}
