package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

const flashCookie = "quorate_flash"

// render puts body in the frame of a page and sends it.
func (s *Site) render(c *fiber.Ctx, actor access.Actor, code int, info layout.PageInfo, body templ.Component) error {
	info.Unread = session(c).Unread
	info = s.framed(info, actor, c.Path())
	if text := c.Cookies(flashCookie); text != "" {
		c.Cookie(s.cookie(flashCookie, "", 0))
		if said, err := base64.RawURLEncoding.DecodeString(text); err == nil && len(info.Errors) == 0 {
			info.Flash = &layout.Flash{Kind: govuk.Success, Text: string(said)}
		}
	}
	page, err := drawn(c.UserContext(), info, body)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(code).Send(page)
}

// redirect answers a form that was saved: the next page says so once. said never holds case content.
func (s *Site) redirect(c *fiber.Ctx, to, said string) error {
	if said != "" {
		c.Cookie(s.cookie(flashCookie, base64.RawURLEncoding.EncodeToString([]byte(said)), time.Minute))
	}
	return c.Redirect(to, http.StatusSeeOther)
}

// flash has the next page say what a handler without Fiber did.
func (s *Site) flash(w http.ResponseWriter, said string) {
	http.SetCookie(w, &http.Cookie{
		Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(said)), Path: "/",
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode, MaxAge: 60,
	})
}

func drawn(ctx context.Context, info layout.PageInfo, body templ.Component) ([]byte, error) {
	var page bytes.Buffer
	err := layout.Page(info).Render(templ.WithChildren(ctx, body), &page)
	return page.Bytes(), err
}

// framed fills in what every page of the site shows the same way.
func (s *Site) framed(info layout.PageInfo, actor access.Actor, path string) layout.PageInfo {
	if info.Marking == layout.Unmarked && actor.IsPerson() {
		info.Marking = layout.Marking(s.ProtectiveMark)
	}
	if s.Demo {
		info.Demo = s.demoBanner(actor)
	}
	if !actor.IsPerson() {
		return info
	}
	info.Person = &layout.Person{Key: actor.PersonID.String(), Name: actor.Name, Roles: rolesInWords(actor)}
	info.Nav = s.navigation(actor, path)
	return info
}

// rolesInWords says what a person is here: "Chair of MAPaC", "Clerk of 8 forums", "Auditor".
func rolesInWords(actor access.Actor) []string {
	var roles []string
	for _, office := range []access.Office{access.Chair, access.DeputyChair, access.Clerk, access.Member} {
		var forums []string
		for _, seat := range actor.Seats {
			if seat.Office == office && !slices.Contains(forums, seat.Forum) {
				forums = append(forums, seat.Forum)
			}
		}
		switch len(forums) {
		case 0:
		case 1:
			roles = append(roles, office.Words()+" of "+forums[0])
		default:
			roles = append(roles, fmt.Sprintf("%s of %d forums", office.Words(), len(forums)))
		}
	}
	if actor.Administrator {
		roles = append(roles, "Administrator")
	}
	if actor.Auditor {
		roles = append(roles, "Auditor")
	}
	if actor.Presenter {
		roles = append(roles, "Presenter")
	}
	return roles
}

// places are the product's own, each shown to those whose roles have something there.
var places = []struct {
	text, href string
	actions    []access.Action
}{
	{"Home", "/", nil},
	{"Calendar", "/meetings", []access.Action{access.UseProduct}},
	{"Cases", "/cases", []access.Action{access.ReadCases}},
	{"Tracker", "/tracker", []access.Action{access.ImportTracker}},
	{"Requests", "/requests", []access.Action{access.MakeRequest, access.TableRequest}},
	{"Actions", "/actions", []access.Action{access.ReadDecisions}},
	{"Letters", "/letters", []access.Action{access.WriteLetters}},
	{"Payments", "/authorisations", []access.Action{access.ReadPayments}},
	{"Blockers", "/blockers", []access.Action{access.ReadBlockers}},
	{"Board", "/board", []access.Action{access.ReadBoard, access.SendDigest}},
	{"Measures", "/measures", []access.Action{access.ReadMeasures}},
	{"Forums", "/forums", []access.Action{access.ReadForums}},
	{"Rules", "/rules", []access.Action{access.ReadRules}},
	{"Agencies", "/agencies", []access.Action{access.ManagePeople}},
	{"Letter templates", "/letter-templates", []access.Action{access.ChangeTemplates}},
	{"People", "/people", []access.Action{access.ManagePeople}},
	{"Mail", "/mail", []access.Action{access.ManageMail}},
	{"Other systems", "/api-tokens", []access.Action{access.ManagePeople}}, // clerks come from their forum's page
	{"Audit trail", "/audit", []access.Action{access.ReadAudit}},
}

// besideCalendar are the pages that are reached from the Calendar and belong to it.
var besideCalendar = []string{"/replies", "/absences", "/dates", "/holidays", "/account/calendar"}

// within says whether a path is a place or under it.
func within(path, href string) bool {
	return path == href || href != "/" && strings.HasPrefix(path, href+"/")
}

func (s *Site) navigation(actor access.Actor, path string) []govuk.NavItem {
	var items []govuk.NavItem
	amongCases := actor.OffBoards() // whoever only sits on a board has nothing at Requests or Blockers
	for _, place := range places {
		shown := place.actions == nil
		for _, action := range place.actions {
			shown = shown || amongCases.MayAnywhere(action) || (place.href == "/board" || place.href == "/measures") && actor.MayAnywhere(action)
		}
		if shown {
			items = append(items, govuk.NavItem{Text: place.text, Href: place.href, Current: within(path, place.href) || place.href == "/meetings" && slices.ContainsFunc(besideCalendar, func(href string) bool { return within(path, href) })})
		}
	}
	return items
}

var problemTitles = map[fault.Kind]string{
	fault.NotFound: "Page not found", fault.Denied: "You cannot do this", fault.SignedOut: "Sign in first", fault.TooMany: "Too many attempts",
	fault.TooLarge: "That is too large", fault.Unavailable: "Sorry, Quorate is not available", internal: "Sorry, there is a problem with Quorate",
	fault.Conflict: "That is no longer possible", fault.Stale: "Somebody else changed this first", fault.Invalid: "Something needs mending",
}

// errorPage is the page of an error that no form shows for itself.
func (s *Site) errorPage(actor access.Actor, f *fault.Fault) ([]byte, error) {
	info := s.framed(layout.PageInfo{Title: problemTitles[f.Kind], Failed: true}, actor, "")
	return drawn(context.Background(), info, layout.Problem(problemTitles[f.Kind], f.Sentence))
}
