package io.decant.bucketer;

/** {@code record}: the whole record. */
final class RecordKeyKind extends KeyKind {

    RecordKeyKind() {
        super("record");
    }

    @Override
    String form() {
        return name();
    }

    @Override
    String canonical(String argument) {
        return argument;
    }

    @Override
    Extractors extractors(String argument, String text, KeyRules rules) {
        return RecordKeyExtractor::new;
    }

    @Override
    boolean isBytes() {
        return true;
    }

    /** With the whole record, nothing else tells two apart. */
    @Override
    boolean canBePart() {
        return false;
    }
}
