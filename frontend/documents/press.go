package documents

import (
	"bytes"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"quorate/agendas/packs"
)

// Page is a pack as one self-contained web page.
func (s Setting) Page(ctx context.Context, p packs.Pack) ([]byte, error) {
	return drawn(ctx, sheet{Pack: p, Setting: s})
}

func drawn(ctx context.Context, s sheet) ([]byte, error) {
	var out bytes.Buffer
	err := packPage(s).Render(ctx, &out)
	return out.Bytes(), err
}

// Press makes a pack's PDF: the printed page with its papers inside.
type Press struct {
	Setting
	*Printer
}

// PDF prints a pack for its reader and puts the papers in, in the order of the agenda, until it is full.
func (p Press) PDF(ctx context.Context, pack packs.Pack, open packs.OpenPaper) ([]byte, error) {
	s := sheet{Pack: pack, Setting: p.Setting, Inside: true, Attached: map[uuid.UUID]bool{}}
	carried := pack.Attached()
	for _, paper := range carried {
		s.Attached[paper.ID] = true
	}
	html, err := drawn(ctx, s)
	if err != nil {
		return nil, err
	}
	pdf, err := p.Printer.PDF(ctx, html)
	if err != nil || len(carried) == 0 {
		return pdf, err
	}
	return attach(ctx, pack, pdf, carried, open)
}

// attach puts papers into a printed pack; its tags and outline stay as they are.
func attach(ctx context.Context, pack packs.Pack, pdf []byte, papers []packs.Paper, open packs.OpenPaper) ([]byte, error) {
	config := model.NewDefaultConfiguration()
	config.Cmd = model.ADDATTACHMENTS
	file, err := api.ReadValidateAndOptimize(bytes.NewReader(pdf), config)
	if err != nil {
		return nil, fmt.Errorf("documents: the printed pack cannot be read: %w", err)
	}
	names := attachmentNames(pack)
	at := pack.PublishedAt
	for _, paper := range papers {
		content, err := open(ctx, paper.ID)
		if err != nil {
			return nil, err
		}
		err = file.AddAttachment(model.Attachment{Reader: content, ID: names[paper.ID], FileName: names[paper.ID], Desc: paper.Name, ModTime: &at}, false)
		_ = content.Close()
		if err != nil {
			return nil, fmt.Errorf("documents: a paper cannot be attached: %w", err)
		}
	}
	var out bytes.Buffer
	if err := api.Write(file, &out, config); err != nil {
		return nil, fmt.Errorf("documents: the pack cannot be written with its papers: %w", err)
	}
	return out.Bytes(), nil
}

// attachmentNames begin with the item's number, so that a reader's list of attachments stands in the
// order of the agenda and no two are the same.
func attachmentNames(pack packs.Pack) map[uuid.UUID]string {
	names := map[uuid.UUID]string{}
	for _, e := range pack.Entries {
		for i, paper := range e.Papers {
			names[paper.ID] = fmt.Sprintf("Item %s, paper %d, %s", e.Number, i+1, paper.Name)
		}
	}
	return names
}

func init() { api.DisableConfigDir() } // the library would keep settings in somebody's home
