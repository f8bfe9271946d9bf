"""A mail that was sent goes out once more; its order may have ended long ago."""

from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.notice import Notice, Posted, Posting
    from workflows.life import MAIL_TRIES
    from workflows.steps import Steps


@dataclass(frozen=True, slots=True)
class ResendStart:
    """`notice` is a new one, which names in `again` the one that it repeats. `speed` is 1 in a shop."""

    notice: Notice
    speed: float = 1.0


@workflow.defn(name="Resend")
class ResendWorkflow:
    @workflow.run
    async def run(self, start: ResendStart) -> bool:
        """Whether it is out; where it was refused, the mail itself says why."""
        posting = Posting((start.notice,), workflow.now())
        steps = Steps(start.notice.order, start.speed)
        title = f"Send {start.notice.template} again"
        posted = await steps.run("mail.send", posting, tuple[Posted, ...], title, MAIL_TRIES, local=False)
        return all(letter.sent for letter in posted)
