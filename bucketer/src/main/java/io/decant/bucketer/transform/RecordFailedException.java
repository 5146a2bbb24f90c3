package io.decant.bucketer.transform;

/** Leads from the step that cannot do its work out of the chain. One for each chain: it costs no stack trace. */
final class RecordFailedException extends RuntimeException {

    RecordFailedException() {
        super("a record failed", null, false, false);
    }
}
