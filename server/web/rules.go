package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quorate/agendas"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	views "quorate/frontend/views/rules"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var backToRules = govuk.BackLink{Href: "/rules", Text: "Back to the rules"}

func (s *Site) rulesPage(c *fiber.Ctx, actor access.Actor) error {
	var page agendas.RulesPage
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowRules(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Agenda rules", Wide: true}, views.ListPage(page, actor.MayAnywhere(access.ChangeRules)))
}

// rulePage shows a rule, or with a version in the address the rule as it was.
func (s *Site) rulePage(c *fiber.Ctx, actor access.Actor) error {
	version := whole(c.Query("version"))
	if version < 1 {
		return s.showRule(c, actor, nil, views.Check{})
	}
	var rule, latest agendas.Rule
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if rule, err = agendas.RuleAsItWas(tx, c.Params("rule"), version); err != nil {
			return err
		}
		latest, err = agendas.RuleInForce(tx, rule.Key)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: rule.Name + ", version " + strconv.Itoa(version), Section: "Agenda rules",
		Before: govuk.BackLink{Href: views.Href(rule.Key), Text: "Back to the rule as it is"},
	}
	return s.render(c, actor, http.StatusOK, info, views.VersionPage(rule, latest.Version))
}

// showRule shows a rule; after a mistake, or a check, its form holds what was typed.
func (s *Site) showRule(c *fiber.Ctx, actor access.Actor, problem *fault.Fault, check views.Check) error {
	page := views.Page{MaySet: actor.MayAnywhere(access.SetRules), MayWrite: actor.MayAnywhere(access.ChangeRules), Check: check}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.RuleRow, err = agendas.ShowRule(tx, c.Params("rule")); err != nil {
			return err
		}
		page.Versions, err = agendas.VersionsOf(tx, page.Key)
		return err
	})
	if err != nil {
		return err
	}
	page.Problems = settingFields(fieldsOf(problem), page.Rule)
	page.Typed = ruleAsTyped(page.Rule)
	if problem != nil || check.Done {
		page.Typed = typedIn(c)
	}
	info := layout.PageInfo{Title: page.Name, Section: "Agenda rules", Errors: page.Problems, Before: backToRules}
	return s.render(c, actor, formStatus(problem), info, views.RulePage(page))
}

// settingFields lead to the fields of a clerk's form: a setting's problem is under its own name.
func settingFields(problems govuk.Errors, rule agendas.Rule) govuk.Errors {
	var led govuk.Errors
	for _, p := range problems {
		if _, is := rule.Parameter(p.Name); is {
			p.Name = views.ParameterField(p.Name)
		}
		led = append(led, p)
	}
	return led
}

// writingFields lead to the fields of the editor: a setting's problem is on the row that names it.
func writingFields(problems govuk.Errors, typed func(string) string) govuk.Errors {
	var led govuk.Errors
	for _, p := range problems {
		for row := range views.ParameterRows {
			name := typed(views.ParameterPart(row, "name"))
			if name == p.Name && (name != "" || typed(views.ParameterPart(row, "label")) != "") {
				p.Name = views.ParameterPart(row, "name")
				break
			}
		}
		led = append(led, p)
	}
	return led
}

// ruleAsTyped is a rule as its forms would have it typed.
func ruleAsTyped(rule agendas.Rule) func(string) string {
	values := map[string]string{
		"version": strconv.Itoa(rule.Version), "name": rule.Name, "enabled": "no", "asks_consent": "no",
		"from_age": strconv.Itoa(rule.FromAge), "to_age": strconv.Itoa(rule.ToAge), "weight": strconv.Itoa(rule.Weight), "minutes": strconv.Itoa(rule.Minutes),
		"text": rule.Text, "law": rule.Law, "applies": rule.Applies, "turns_on": rule.TurnsOn, "listed_from": rule.ListedFrom, "listed_until": rule.ListedUntil,
	}
	if rule.Enabled {
		values["enabled"] = "yes"
	}
	if rule.AsksConsent {
		values["asks_consent"] = "yes"
	}
	for i, p := range rule.Parameters {
		values[views.ParameterField(p.Name)] = strconv.Itoa(p.Value)
		values[views.ParameterPart(i, "name")], values[views.ParameterPart(i, "label")] = p.Name, p.Label
		values[views.ParameterPart(i, "unit")], values[views.ParameterPart(i, "value")] = string(p.Unit), strconv.Itoa(p.Value)
	}
	return func(name string) string { return values[name] }
}

// typedSettings reads a clerk's form.
func typedSettings(typed func(string) string, rule agendas.Rule) agendas.RuleSettings {
	settings := agendas.RuleSettings{Enabled: typed("enabled") == "yes", Values: map[string]int{}}
	for _, p := range rule.Parameters {
		settings.Values[p.Name] = whole(typed(views.ParameterField(p.Name)))
	}
	return settings
}

// typedChange reads the editor's form. A row of settings with nothing typed in it is none.
func typedChange(typed func(string) string, templates []string) agendas.RuleChange {
	change := agendas.RuleChange{
		Name: typed("name"), Enabled: typed("enabled") == "yes", Text: typed("text"), Law: typed("law"), Templates: templates,
		FromAge: whole(typed("from_age")), ToAge: whole(typed("to_age")), AsksConsent: typed("asks_consent") == "yes",
		Weight: whole(typed("weight")), Minutes: whole(typed("minutes")),
		Applies: typed("applies"), TurnsOn: typed("turns_on"), ListedFrom: typed("listed_from"), ListedUntil: typed("listed_until"),
	}
	for row := range views.ParameterRows {
		name, label := typed(views.ParameterPart(row, "name")), typed(views.ParameterPart(row, "label"))
		if name == "" && label == "" {
			continue
		}
		change.Parameters = append(change.Parameters, agendas.Parameter{
			Name: name, Label: label, Unit: agendas.Unit(typed(views.ParameterPart(row, "unit"))), Value: whole(typed(views.ParameterPart(row, "value"))),
		})
	}
	return change
}

// ruleInForce reads the rule an address or a form names.
func (s *Site) ruleInForce(ctx context.Context, actor access.Actor, key string) (rule agendas.Rule, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		rule, err = agendas.RuleInForce(tx, key)
		return err
	})
	return rule, err
}

// setRule takes a clerk's settings, or checks them.
func (s *Site) setRule(c *fiber.Ctx, actor access.Actor) error {
	rule, err := s.ruleInForce(c.UserContext(), actor, c.Params("rule"))
	if err != nil {
		return err
	}
	settings := typedSettings(typedIn(c), rule)
	if typedIn(c)("do") == "check" {
		check, problem, err := s.checkRule(c.UserContext(), actor, "", &rule, rule.Set(settings))
		if err != nil {
			return err
		}
		return s.showRule(c, actor, problem, check)
	}
	changed, err := s.agendas().SetRule(c.UserContext(), actor, rule.Key, whole(typedIn(c)("version")), settings)
	if problem := mendable(err); problem != nil {
		return s.showRule(c, actor, problem, views.Check{})
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(rule.Key), "Saved as version "+strconv.Itoa(changed.Version)+".")
}

// writeRulePage is the editor of a rule.
func (s *Site) writeRulePage(c *fiber.Ctx, actor access.Actor) error {
	rule, err := s.ruleInForce(c.UserContext(), actor, c.Params("rule"))
	if err != nil {
		return err
	}
	return s.showEditor(c, actor, rule, ruleAsTyped(rule), rule.Templates, nil, views.Check{})
}

// newRulePage is the editor with nothing in it, or with a copy of a rule.
func (s *Site) newRulePage(c *fiber.Ctx, actor access.Actor) error {
	blank := agendas.Rule{Enabled: true, Text: "… by {on}", FromAge: 14, ToAge: 25, Weight: 50, Templates: []string{"locality"}}
	if from := c.Query("from"); from != "" {
		copied, err := s.ruleInForce(c.UserContext(), actor, from)
		if err != nil {
			return err
		}
		blank = copied
		blank.Name = "Copy of " + copied.Name
	}
	return s.showEditor(c, actor, agendas.Rule{}, ruleAsTyped(blank), blank.Templates, nil, views.Check{})
}

func (s *Site) showEditor(c *fiber.Ctx, actor access.Actor, rule agendas.Rule, typed func(string) string, templates []string, problem *fault.Fault, check views.Check) error {
	page := views.WritePage{
		Key: rule.Key, Name: rule.Name, Version: rule.Version, Typed: typed, Templates: templates, Check: check,
		Problems: writingFields(fieldsOf(problem), typed),
	}
	info := layout.PageInfo{Title: "Write a new rule", Section: "Agenda rules", Errors: page.Problems, Before: backToRules, Wide: true}
	if rule.Key != "" {
		info.Title, info.Before = "Change "+rule.Name, govuk.BackLink{Href: views.Href(rule.Key), Text: "Back to the rule"}
	}
	return s.render(c, actor, formStatus(problem), info, views.Write(page))
}

// writeRule takes everything about a rule, or checks it.
func (s *Site) writeRule(c *fiber.Ctx, actor access.Actor) error {
	rule, err := s.ruleInForce(c.UserContext(), actor, c.Params("rule"))
	if err != nil {
		return err
	}
	typed := typedIn(c)
	change := typedChange(typed, ticked(c, "templates"))
	if typed("do") == "check" {
		check, problem, err := s.checkRule(c.UserContext(), actor, "", &rule, rule.With(change))
		if err != nil {
			return err
		}
		return s.showEditor(c, actor, rule, typed, change.Templates, problem, check)
	}
	changed, err := s.agendas().ChangeRule(c.UserContext(), actor, rule.Key, whole(typed("version")), change)
	if problem := mendable(err); problem != nil {
		return s.showEditor(c, actor, rule, typed, change.Templates, problem, views.Check{})
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(rule.Key), "Saved as version "+strconv.Itoa(changed.Version)+".")
}

// createRule adds a rule, or checks it.
func (s *Site) createRule(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	change := typedChange(typed, ticked(c, "templates"))
	if typed("do") == "check" {
		check, problem, err := s.checkRule(c.UserContext(), actor, "", nil, agendas.Rule{}.With(change))
		if err != nil {
			return err
		}
		return s.showEditor(c, actor, agendas.Rule{}, typed, change.Templates, problem, check)
	}
	rule, err := s.agendas().CreateRule(c.UserContext(), actor, change)
	if problem := mendable(err); problem != nil {
		return s.showEditor(c, actor, agendas.Rule{}, typed, change.Templates, problem, views.Check{})
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(rule.Key), "Saved. It is on the list of rules.")
}

// agendaRulesPage shows the rules a published agenda was built by.
func (s *Site) agendaRulesPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var page agendas.RulesAsTheyWere
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowRulesAsTheyWere(tx, id, max(whole(c.Query("version", "0")), 0))
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "The rules as they were", Section: page.Forum.Name,
		Before: govuk.BackLink{Href: meetingViews.Href(id) + "/agenda?version=" + strconv.Itoa(page.Version), Text: "Back to the agenda"},
	}
	return s.render(c, actor, http.StatusOK, info, views.AsTheyWere(page))
}
