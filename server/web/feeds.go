package web

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/account"
	"quorate/frontend/views/layout"
	"quorate/panels/invitations"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// madeCookie carries a new address to the page that shows it, once; nothing else ever holds it.
const madeCookie = "quorate_made_feed"

// yourCalendarPage shows the addresses that somebody's own calendar comes to, and one just made.
func (s *Site) yourCalendarPage(c *fiber.Ctx, actor access.Actor) error {
	secret, slug, made := strings.Cut(c.Cookies(madeCookie), ".")
	if made {
		c.Cookie(s.cookie(madeCookie, "", 0))
	}
	var page views.Calendar
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Feeds, err = invitations.FeedsOf(tx); err != nil {
			return err
		}
		page.Forums, err = seatForums(tx)
		return err
	})
	if err != nil {
		return err
	}
	if made {
		page.Made, page.MadeFor = s.BaseURL.JoinPath("feeds", secret, "quorate.ics").String(), "your own meetings"
		for _, f := range page.Forums {
			if f.Slug == slug {
				page.MadeFor = f.Name
			}
		}
	}
	info := layout.PageInfo{Title: "Your calendar", Section: "Calendar", Before: govuk.BackLink{Href: "/meetings", Text: "Back to the calendar"}}
	return s.render(c, actor, http.StatusOK, info, views.CalendarPage(page))
}

// seatForums are the forums on which the actor has a seat, by name.
func seatForums(tx db.Tx) (forums []views.CalendarForum, err error) {
	err = tx.Raw(`
		select distinct f.id, f.slug, f.name from forum f join seat s on s.forum_id = f.id join seat_holding h on h.seat_id = s.id
		where h.person_id = @person and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
		order by f.name`, map[string]any{"person": tx.Actor.PersonID, "today": tx.Today()}).Scan(&forums).Error
	return forums, err
}

// makeFeed makes an address; the page it leads to shows it, the only time it can be read.
func (s *Site) makeFeed(c *fiber.Ctx, actor access.Actor) error {
	forum, slug := uuid.Nil, c.FormValue("forum")
	if slug != "" {
		err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
			forums, err := seatForums(tx)
			for _, f := range forums {
				if f.Slug == slug {
					forum = f.ID
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if forum == uuid.Nil {
			return fault.New(fault.NotFound, "There is no such forum, or you have no seat on it.")
		}
	}
	secret, err := s.invitations().MakeFeed(c.UserContext(), actor, forum)
	if err != nil {
		return err
	}
	c.Cookie(s.cookie(madeCookie, secret+"."+slug, time.Minute))
	return s.redirect(c, "/account/calendar", "")
}

func (s *Site) revokeFeed(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("feed"))
	if err != nil {
		return pageNotFound()
	}
	if err := s.invitations().RevokeFeed(c.UserContext(), actor, id); err != nil {
		return err
	}
	return s.redirect(c, "/account/calendar", "The address is stopped. Calendars that come to it find nothing.")
}

// feed is the calendar at a secret address: for programs, so it answers in few words and without a page.
func (s *Site) feed(w http.ResponseWriter, r *http.Request, _ access.Actor) error {
	fetched, err := s.invitations().Fetch(r.Context(), r.PathValue("token"))
	switch f := fault.As(err); {
	case f != nil && f.Kind == fault.NotFound:
		http.Error(w, "Not found", http.StatusNotFound)
		return nil
	case f != nil && f.Kind == fault.TooMany:
		w.Header().Set("Retry-After", "300")
		http.Error(w, f.Sentence, http.StatusTooManyRequests)
		return nil
	case err != nil:
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="quorate.ics"`)
	h.Set("Cache-Control", "private, no-cache") // kept, and asked about each time
	h.Set("ETag", fetched.ETag)
	http.ServeContent(w, r, "quorate.ics", fetched.ChangedAt, bytes.NewReader(fetched.Text))
	return nil
}
