package tracker

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// aliasWords are the first halves of board-only aliases: birds, which say nothing of anybody.
var aliasWords = []string{
	"Avocet", "Bittern", "Brambling", "Bunting", "Buzzard", "Chaffinch", "Chough", "Coot", "Cormorant", "Corncrake", "Crane", "Crossbill", "Cuckoo", "Curlew", "Dipper", "Dotterel",
	"Dunlin", "Dunnock", "Eider", "Fieldfare", "Firecrest", "Fulmar", "Gannet", "Garganey", "Godwit", "Goldcrest", "Goldeneye", "Goldfinch", "Goosander", "Goshawk", "Grebe", "Greenfinch",
	"Greenshank", "Guillemot", "Harrier", "Hawfinch", "Heron", "Hobby", "Hoopoe", "Kestrel", "Kingfisher", "Kittiwake", "Knot", "Lapwing", "Linnet", "Magpie", "Mallard", "Martin",
	"Merlin", "Moorhen", "Nightjar", "Nuthatch", "Oriole", "Osprey", "Ouzel", "Petrel", "Phalarope", "Pintail", "Pipit", "Plover", "Pochard", "Puffin", "Razorbill", "Redpoll",
	"Redshank", "Redstart", "Redwing", "Robin", "Sanderling", "Shearwater", "Shelduck", "Shoveler", "Shrike", "Siskin", "Skua", "Skylark", "Smew", "Snipe", "Sparrow", "Spoonbill",
	"Starling", "Stint", "Stonechat", "Swallow", "Swift", "Teal", "Tern", "Thrush", "Treecreeper", "Turnstone", "Twite", "Wagtail", "Warbler", "Waxwing", "Wheatear", "Whimbrel",
	"Whinchat", "Wigeon", "Woodcock", "Woodlark", "Wren", "Wryneck", "Yellowhammer",
}

// giveAliases gives each new case of an import a board-only alias nobody has, chosen by chance: an
// order or a pattern would lead from a board's papers back to the tracker.
func giveAliases(tx db.Tx, importID uuid.UUID) error {
	var wanted int
	if err := tx.Raw(`select count(*) from tracker_import_row where import_id = ? and kind = 'new'`, importID).Scan(&wanted).Error; err != nil {
		return err
	}
	if wanted == 0 {
		return nil
	}
	var held []string
	if err := tx.Raw(`select alias from cases`).Scan(&held).Error; err != nil {
		return err
	}
	taken := make(map[string]bool, len(held)+wanted)
	for _, alias := range held {
		taken[alias] = true
	}
	numbers := int64(90) // two digits, as long as there is room to choose freely
	for numbers*int64(len(aliasWords)) < 4*int64(len(held)+wanted) {
		numbers = numbers*10 + 90
	}
	aliases := make([]string, 0, wanted)
	for len(aliases) < wanted {
		alias, err := chooseAlias(numbers)
		if err != nil {
			return err
		}
		if !taken[alias] {
			taken[alias] = true
			aliases = append(aliases, alias)
		}
	}
	list, err := json.Marshal(aliases)
	if err != nil {
		return err
	}
	return tx.Exec(`
		update tracker_import_row r set alias = given.alias
		from (select row_number, row_number() over (order by row_number) as place from tracker_import_row where import_id = ? and kind = 'new') n
		join json_array_elements_text(?::json) with ordinality given(alias, place) using (place)
		where r.import_id = ? and r.row_number = n.row_number`, importID, string(list), importID).Error
}

func chooseAlias(numbers int64) (string, error) {
	word, err := rand.Int(rand.Reader, big.NewInt(int64(len(aliasWords))))
	if err != nil {
		return "", err
	}
	number, err := rand.Int(rand.Reader, big.NewInt(numbers))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%d", aliasWords[word.Int64()], number.Int64()+10), nil
}
