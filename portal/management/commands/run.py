"""The whole portal by one command."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal import launch, processes, static_build
from portal.stopping import Stop

FIRST_MANAGER = ".venv/bin/python manage.py createmanager"


class Command(BaseCommand):
    help = "Runs web server and worker together, on a database made ready; Ctrl-C stops all of it."

    def handle(self, *args: object, **options: object) -> None:
        """Prepares, starts, prints who may sign in where, and waits to be told to stop."""
        demo = launch.demo_wanted()
        launch.refuse_used_port(settings.HOST, settings.PORT)
        stop = Stop()
        with launch.claim_data_dir(settings.DATA_DIR):
            self.prepare(demo=demo)
            if not stop:
                self.serve(stop)

    def prepare(self, *, demo: bool) -> None:
        """Database, static files, and on an empty database the demo."""
        if launch.migrate_if_needed():
            self.say("The database is in step with the program.")
        if static_build.build_if_needed():
            self.say("Static files are built.")
        if demo and launch.is_empty():
            self.say("Filling the empty database with a demo ...")
            call_command("demo")

    def serve(self, stop: Stop) -> None:
        """Runs both until told to stop; the web server's death is an error, the worker is started again."""
        web = launch.start_web()
        worker = launch.start_worker()
        try:
            if launch.wait_for(web, stop.wait):
                self.announce()
            while not stop.wait(0.5):
                if web.poll() is not None:
                    raise CommandError(f"The web server ended:\n{launch.last_lines('web')}")
                if worker.poll() is not None:
                    processes.kill_group(worker.pid)
                    self.say(
                        f"The worker ended and is started again; see {launch.log_folder() / 'worker.log'}."
                    )
                    stop.wait(2)
                    worker = launch.start_worker()
            self.say("Stopping ...")
        finally:
            worker.terminate()
            processes.stop(web, patience=launch.WEB_PATIENCE)
            processes.stop(worker, patience=settings.WORK_STOP_SECONDS + 5)

    def announce(self) -> None:
        """Prints where the portal is and who may sign in with what."""
        self.say(f"\nLogs and everything else written: {settings.DATA_DIR}")
        if accounts := launch.demo_accounts():
            self.say(f"Sign in as (mails that it sends are files in {settings.DATA_DIR / 'mail'}):")
            self.say(launch.sign_in_table(accounts))
        elif launch.is_empty():
            self.say(f"Nobody may sign in yet. The first manager: {FIRST_MANAGER}")
        self.say(f"\nThe portal runs on {settings.SITE_URL}/ – Ctrl-C stops it.")

    def say(self, text: str) -> None:
        """Prints at once: whoever waits for a line may read from a pipe."""
        self.stdout.write(text)
        self.stdout.flush()
