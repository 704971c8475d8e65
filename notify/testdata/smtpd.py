# A mail server from Debian's package python3-aiosmtpd, as a test runs it: on a free port of this machine alone,
# as whoever runs the test, keeping what it takes in a folder it is given. It wants TLS and a sign-in, knows one
# mailbox that does not exist and one that is busy, and takes messages up to 20,000 bytes.
import ssl
import sys
from email import message_from_bytes
from mailbox import Maildir

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder, certificate, key = sys.argv[1:4]


class Keeper:
    def __init__(self):
        self.box = Maildir(folder, create=True)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("busy@"):
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Fine"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content)
        message["X-Came-From"] = envelope.mail_from
        message["X-Signed-In"] = str(session.auth_data.login.decode())
        self.box.add(message)
        return "250 2.0.0 Kept"


def signs_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"quorate" and data.password == b"three random words", handled=False, auth_data=data)


safe = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
safe.load_cert_chain(certificate, key)
controller = Controller(
    Keeper(), hostname="127.0.0.1", port=int(sys.argv[4]), tls_context=safe, require_starttls=True,
    authenticator=signs_in, auth_required=True, data_size_limit=20000,
)
controller.start()
print("ready", flush=True)
sys.stdin.read()  # until the test lets go
controller.stop()
