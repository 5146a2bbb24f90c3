package io.decant.ingest.source.http;

import io.decant.offload.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Why nothing of a request is taken, as its client is told: the status, and a JSON object with the word and the text.
 *
 * @param error one word
 * @param message one or two sentences, the second says what to do
 * @param members that the object has besides, e.g. the number of the record
 * @param headers that the answer has besides
 */
record Refusal(int status, String error, String message, Map<String, Object> members, Map<String, String> headers) {

    private static final String RETRY_AFTER = "Retry-After";
    private static final String RETRY_SECONDS = "1";

    Refusal {
        Objects.requireNonNull(error, "error");
        Objects.requireNonNull(message, "message");
        members = Map.copyOf(members);
        headers = Map.copyOf(headers);
    }

    static Refusal of(int status, String error, String message) {
        return new Refusal(status, error, message, Map.of(), Map.of());
    }

    /** One that is worth another attempt soon. */
    static Refusal retry(int status, String error, String message) {
        return new Refusal(status, error, message, Map.of(), Map.of(RETRY_AFTER, RETRY_SECONDS));
    }

    /**
     * A record that cannot be taken.
     *
     * @param record its number in the body, from 1
     */
    static Refusal badRecord(long record, String why) {
        return new Refusal(
                400,
                "bad-record",
                "record " + record + " of the body " + why + "; nothing of the body is taken",
                Map.of("record", record),
                Map.of());
    }

    static Refusal bodyTooLarge(long max) {
        return of(413, "body-too-large", "the body is longer than max-body, which is " + max + " bytes");
    }

    /** Of somebody who is no user; the answer has the header of {@link RequestUser#CHALLENGES}. */
    static Refusal unauthorized() {
        return of(
                401,
                "unauthorized",
                "send Authorization: Bearer <token> with the token of a user, or Basic with its name and token");
    }

    static Refusal noRoom() {
        return retry(
                503,
                "busy",
                "the unfinished bodies and lines of all connections are at journal.unfinished; send it again");
    }

    static Refusal badEncoding(String encoding) {
        return of(400, "bad-encoding", "the body is not what Content-Encoding says: it is not " + encoding);
    }

    /** The same with one more header. */
    Refusal with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Refusal(status, error, message, members, more);
    }

    /** The body of the answer. */
    String json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("error", error);
        object.put("message", message);
        object.putAll(members);
        return Json.text(object);
    }
}
