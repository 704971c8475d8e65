-- +goose Up
-- Which machines may read and answer, for which forums, until when.

create table api_token (
	id            uuid primary key,
	name          text not null check (length(name) between 1 and 100),
	digest        bytea not null constraint api_token_digest_key unique check (length(digest) = 32), -- the token itself is told once and not kept
	may_reply     boolean not null default false, -- false: reads only
	writes_cases  boolean not null default false, -- sends case records, and can do nothing else: it has no forum
	created_by    uuid not null references person,
	created_at    timestamptz not null,
	expires_on    date not null, -- the last day it is good
	last_used_at  timestamptz, -- to the minute
	revoked_at    timestamptz,
	revoked_by    uuid references person,
	version       integer not null default 1,
	check ((revoked_at is null) = (revoked_by is null)),
	check (not (may_reply and writes_cases))
);
create index api_token_by_creation on api_token (created_at desc);

create table api_token_forum (
	token_id  uuid not null references api_token,
	forum_id  uuid not null references forum,
	primary key (token_id, forum_id)
);
create index api_token_forum_by_forum on api_token_forum (forum_id);
revoke update, delete on api_token_forum from quorate_app; -- a token's forums are settled when it is made

-- +goose Down
drop table api_token_forum, api_token;
