package io.decant.ingest.source.tcp;

import io.decant.config.TcpSourceSettings;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.source.UnfinishedLine;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.function.Consumer;

/**
 * Turns what a connection reads into blocks of lines, and says when that must end: a line is too long, takes too long,
 * has no room beside others, or shows that the client uses another protocol. Belongs to the connection's event loop.
 */
final class LineReader {

    private final TcpSourceSettings settings;
    private final UnfinishedBudget budget;
    private final Channel channel;
    private final Consumer<CloseReason> onNoRoom;
    private final UnfinishedLine unfinished;
    private final LineFramer framer;
    private final LineClock clock = new LineClock();

    /**
     * Null once it is known to be one of records, or where nothing is looked for: then the first line is another, or
     * any will do.
     */
    private FirstLine firstLine;

    /**
     * @param onNoRoom run on the event loop when the unfinished line has to go for the sake of others; throws nothing
     */
    LineReader(ConnectionContext context, Channel channel, Consumer<CloseReason> onNoRoom) {
        this.settings = context.settings();
        this.budget = context.unfinished();
        this.channel = channel;
        this.onNoRoom = onNoRoom;
        this.unfinished = new UnfinishedLine(budget, this::lineEnded);
        this.framer = new LineFramer(Math.toIntExact(settings.maxRecord().bytes()), unfinished, channel.alloc());
        this.firstLine = context.sessionRequired() || settings.allowHttpLike() ? null : new FirstLine();
    }

    /** The client has shown that it speaks our protocol: its first record may be like any other. */
    void trustFirstLine() {
        firstLine = null;
    }

    /**
     * Any thread. Never synchronously, not even on the loop: it is called by a connection that asks for room, whose
     * errors are not this one's.
     */
    private void lineEnded() {
        channel.eventLoop().execute(this::endLine);
    }

    private void endLine() {
        // It may have been finished meanwhile.
        if (unfinished.isEnded()) {
            onNoRoom.accept(CloseReason.tooMuchUnfinished(budget));
        }
    }

    /**
     * Takes a read, which goes over to this reader.
     *
     * @return why the connection must end, or null
     */
    CloseReason take(ByteBuf read, LineFramer.Output output) {
        CloseReason badProtocol = firstLine == null ? null : judge(firstLine.look(read));
        if (badProtocol != null) {
            read.release();
            return badProtocol;
        }
        return switch (framer.take(ReceiveAllocator.trimmed(read, channel.alloc()), output)) {
            case TAKEN -> null;
            case RECORD_TOO_LONG -> CloseReason.recordTooLong(settings.maxRecord());
            case BUDGET_EXCEEDED -> CloseReason.tooMuchUnfinished(budget);
        };
    }

    /**
     * The end of input is the end of the last line.
     *
     * @return why the connection is refused, or null
     */
    CloseReason finish(LineFramer.Output output) {
        CloseReason badProtocol = firstLine == null ? null : judge(firstLine.atEndOfInput());
        if (badProtocol == null) {
            framer.finish(output);
        }
        return badProtocol;
    }

    private CloseReason judge(FirstLine.Verdict verdict) {
        return switch (verdict) {
            case UNDECIDED -> null;
            case RECORDS -> {
                firstLine = null;
                yield null;
            }
            case HTTP -> CloseReason.HTTP;
            case TLS -> CloseReason.TLS;
        };
    }

    /**
     * To be called at each tick of {@code line-timeout} at which the client could have continued.
     *
     * @return why the connection must end, or null
     */
    CloseReason tick() {
        return clock.tick(unfinished.number()) ? CloseReason.lineTimeout(settings.lineTimeout()) : null;
    }

    /** Forgets the unfinished line. */
    void drop() {
        framer.drop();
    }
}
