"""A mail server on loopback: smtp.py PORT FILE appends each message that it takes to FILE."""
import socketserver, sys


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            self.talk()
        except OSError:
            pass  # whoever called has gone

    def talk(self):
        self.say("220 stub")
        message = None
        for raw in self.rfile:
            line = raw.rstrip(b"\r\n")
            if message is not None:
                if line == b".":
                    with open(sys.argv[2], "ab") as file:
                        file.write(b"\n".join(message) + b"\n--- end ---\n")
                    message = None
                    self.say("250 taken")
                else:
                    message.append(line)
                continue
            word = line[:4].upper()
            if word == b"DATA":
                message = []
                self.say("354 go on")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()
