package io.decant.ingest.sink.http;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.RefusalHistory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A box that the test fills up, and syncs. */
final class FakeBox implements DeadLetterBox {

    final List<DeadLetter> letters = new ArrayList<>();
    boolean full;
    boolean syncsAtOnce = true;
    RefusalHistory history = RefusalHistory.NONE;
    private long synced;

    @Override
    public boolean offer(DeadLetter letter) {
        if (full) {
            return false;
        }
        letters.add(letter);
        if (syncsAtOnce) {
            sync();
        }
        return true;
    }

    @Override
    public long offered() {
        return letters.size();
    }

    @Override
    public long synced() {
        return synced;
    }

    @Override
    public RefusalHistory history() {
        return history;
    }

    void sync() {
        synced = letters.size();
    }

    List<String> records() {
        return letters.stream()
                .map(letter -> new String(letter.record(), StandardCharsets.ISO_8859_1))
                .toList();
    }
}
