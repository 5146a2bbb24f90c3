package io.decant.ingest.source.tcp;

import io.decant.config.DataSize;
import io.decant.config.DurationText;
import io.decant.ingest.source.UnfinishedBudget;
import java.time.Duration;
import java.util.Objects;

/**
 * Why a connection takes no more.
 *
 * @param refusal what the client is told, or null where it is not refused: it ended its input, fell silent, or
 *     disconnected
 * @param text one line of reason, for the client of a refusal and for the log
 */
record CloseReason(ErrorCode refusal, String text) {

    static final CloseReason INPUT_ENDED = new CloseReason(null, "the client ended its input");
    /** Not an end of the last line. */
    static final CloseReason TRUNCATED = new CloseReason(null, "the input ended without the close_notify of TLS");

    static final CloseReason LOST = new CloseReason(null, "the connection was lost");
    static final CloseReason IDLE = new CloseReason(null, "nothing came for idle-timeout");

    static final CloseReason HTTP = new CloseReason(
            ErrorCode.BAD_PROTOCOL,
            "the first line is an HTTP request, but this port accepts lines of records; if it is a record, set"
                    + " allow-http-like: true");
    static final CloseReason TLS = new CloseReason(
            ErrorCode.BAD_PROTOCOL,
            "the connection begins with a TLS handshake, but this port accepts plain lines of records: set tls here,"
                    + " or send without TLS; if it is a record, set allow-http-like: true");

    static final CloseReason BAD_SESSION = new CloseReason(
            ErrorCode.BAD_SESSION,
            "the first line must be SESSION <id>, the id 1 to " + SessionLine.ID_LENGTH_MAX
                    + " characters of A-Za-z0-9._- and the line ended by a newline alone");
    static final CloseReason TAKEN_OVER =
            new CloseReason(ErrorCode.SESSION_TAKEN_OVER, "another connection continues this session");
    static final CloseReason DRAINED =
            new CloseReason(ErrorCode.SHUTTING_DOWN, "the server stops; what is sent after this is not accepted");

    static final CloseReason UNAUTHORIZED = new CloseReason(
            ErrorCode.UNAUTHORIZED,
            "the first line must be AUTH <token> with the token of a user, ended by a newline alone");
    static final CloseReason AUTH_LATE = new CloseReason(
            ErrorCode.UNAUTHORIZED,
            "the line AUTH <token> did not come within " + AuthHandshake.AUTH_MILLIS_MAX / 1_000 + " seconds");

    CloseReason {
        Objects.requireNonNull(text, "text");
    }

    static CloseReason recordTooLong(DataSize maxRecord) {
        return new CloseReason(ErrorCode.RECORD_TOO_LONG, "a record is longer than max-record, which is " + maxRecord);
    }

    static CloseReason lineTimeout(Duration timeout) {
        return new CloseReason(
                ErrorCode.LINE_TIMEOUT,
                "a line was not finished within line-timeout, which is " + DurationText.print(timeout));
    }

    static CloseReason tooManyConnections(int max) {
        return new CloseReason(
                ErrorCode.TOO_MANY_CONNECTIONS, "there are " + max + " already, which is max-connections");
    }

    static CloseReason tooManyConnectionsOfUser(int max) {
        return new CloseReason(
                ErrorCode.TOO_MANY_CONNECTIONS, "this user has " + max + " already, which is its max-connections");
    }

    static CloseReason tooManySessions(int max) {
        return new CloseReason(
                ErrorCode.BUSY,
                max + " sessions are kept already, which is the maximum; use one of them or shorten session-retain");
    }

    static CloseReason tooManySessionsOfAddress(int max) {
        return new CloseReason(
                ErrorCode.BUSY,
                max
                        + " sessions of this address are kept already, which is its maximum; use one of them,"
                        + " raise sessions-per-address or shorten session-retain");
    }

    static CloseReason tooManySessionsOfUser(int max) {
        return new CloseReason(
                ErrorCode.BUSY,
                max
                        + " sessions of this user are kept already, which is its maximum; use one of them,"
                        + " raise sessions-per-address or shorten session-retain");
    }

    static CloseReason tooMuchUnfinished(UnfinishedBudget budget) {
        return new CloseReason(
                ErrorCode.BUSY,
                "the unfinished lines of all connections are over journal.unfinished, which is "
                        + new DataSize(budget.bytesMax()));
    }

    boolean isRefusal() {
        return refusal != null;
    }

    @Override
    public String toString() {
        return refusal == null ? text : refusal.code() + ": " + text;
    }
}
