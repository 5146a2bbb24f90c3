package io.decant.ingest.simulation;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SyncFailedException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * Files of dead letters on the {@link SimulatedDisk}, which forgets bytes and names that were not synced. It outlives
 * the servers of a simulation.
 */
final class SimulatedDeadLetters implements DeadLetterStore {

    /** One file, whatever it is called. */
    private static final class Content {
        byte[] bytes = {};
        /** So much of it would survive, */
        int synced;
        /** except from here to there: the kernel takes it for clean since a sync of it failed. */
        int failedFrom;

        int failedTo;
    }

    private final SimulatedDisk disk;
    private final Random random;
    private final TreeMap<String, Content> files = new TreeMap<>();
    private final Map<String, Content> durableNames = new HashMap<>();
    /** By identity. */
    private final Map<String, DeadLetter> replayed = new LinkedHashMap<>();

    private String appendedTo;

    SimulatedDeadLetters(SimulatedDisk disk, Random random) {
        this.disk = disk;
        this.random = random;
    }

    /**
     * The server is gone.
     *
     * @param power whether the machine went with it: then what was not synced is there, or not, or in part
     */
    void crash(boolean power) {
        appendedTo = null;
        if (power) {
            TreeMap<String, Content> names = new TreeMap<>(random.nextBoolean() ? durableNames : files);
            files.clear();
            names.forEach((name, content) -> files.put(name, forget(content)));
            durableNames.clear();
            durableNames.putAll(files);
        }
    }

    /** Of what was appended and not synced a part is there, in which bytes that never made it are zeros. */
    private Content forget(Content content) {
        Content kept = new Content();
        int unsynced = content.bytes.length - content.synced;
        kept.bytes = Arrays.copyOf(content.bytes, content.synced + (unsynced == 0 ? 0 : random.nextInt(unsynced + 1)));
        int hole = content.synced + random.nextInt(unsynced + 1);
        if (random.nextBoolean() && hole < kept.bytes.length) {
            Arrays.fill(kept.bytes, hole, hole + random.nextInt(kept.bytes.length - hole), (byte) 0);
        }
        int failedTo = Math.min(content.failedTo, kept.bytes.length);
        if (content.failedFrom < failedTo) {
            Arrays.fill(kept.bytes, content.failedFrom, failedTo, (byte) 0);
        }
        kept.synced = kept.bytes.length;
        return kept;
    }

    @Override
    public NavigableMap<String, Long> sizes() {
        NavigableMap<String, Long> sizes = new TreeMap<>();
        files.forEach((name, content) -> sizes.put(name, (long) content.bytes.length));
        return sizes;
    }

    @Override
    public InputStream read(String name) throws IOException {
        return new ByteArrayInputStream(content(name).bytes);
    }

    private Content content(String name) throws NoSuchFileException {
        Content content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return content;
    }

    @Override
    public void append(String name, ByteBuffer bytes) throws IOException {
        disk.operation();
        if (appendedTo != null && !appendedTo.equals(name)) {
            throw new AssertionError(name + " is appended to before " + appendedTo + " is forced");
        }
        appendedTo = name;
        Content content = files.computeIfAbsent(name, n -> new Content());
        int written = disk.full ? random.nextInt(bytes.remaining()) : bytes.remaining();
        int end = content.bytes.length;
        content.bytes = Arrays.copyOf(content.bytes, end + written);
        bytes.get(content.bytes, end, written);
        if (bytes.hasRemaining()) {
            appendedTo = null;
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void force(String name) throws IOException {
        disk.operation();
        Content content = content(name);
        appendedTo = null;
        if (disk.forceFails()) {
            content.failedFrom = content.synced;
            content.failedTo = content.bytes.length;
            throw new SyncFailedException("Input/output error");
        }
        content.synced = content.bytes.length;
        disk.operation();
        durableNames.put(name, content);
    }

    @Override
    public void forceNames() {
        disk.operation();
        durableNames.clear();
        durableNames.putAll(files);
    }

    @Override
    public void secure(String name, long from) throws IOException {
        disk.operation();
        Content content = content(name);
        if (content.failedFrom >= from) {
            content.failedTo = content.failedFrom;
        }
        content.synced = content.bytes.length;
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        disk.operation();
        appendedTo = null;
        Content content = content(name);
        content.bytes = Arrays.copyOf(content.bytes, (int) length);
        content.synced = Math.min(content.synced, content.bytes.length);
        disk.operation();
        content.synced = content.bytes.length;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.operation();
        files.put(to, content(from));
        files.remove(from);
        if (to.startsWith(LetterFiles.REPLAY) && to.endsWith(".ndjson")) {
            noteReplayed(to);
        }
        disk.operation();
        durableNames.put(to, files.get(to));
        durableNames.remove(from);
    }

    /** Letters are on their way out once their file has its last name; a copy before that may be forgotten. */
    private void noteReplayed(String name) throws IOException {
        try (DeadLetterReader lines = DeadLetterReader.of(this, List.of(name))) {
            for (LetterLine line = lines.next(); line != null; line = lines.next()) {
                DeadLetter letter = line.filed().letter();
                replayed.put(
                        letter.sink() + "/" + letter.batch() + "/" + letter.bucket() + "/" + letter.ordinal(), letter);
            }
        }
    }

    /** Every letter that was ever sent again, or was about to be when the server died. */
    Collection<DeadLetter> replayed() {
        return replayed.values();
    }

    boolean isReplaying() {
        return !LetterFiles.replays(files.keySet()).isEmpty();
    }

    @Override
    public void delete(String name) {
        disk.operation();
        if (name.equals(appendedTo)) {
            appendedTo = null;
        }
        files.remove(name);
        disk.operation();
        durableNames.remove(name);
    }

    @Override
    public String describe(String name) {
        return "simulated dead letters " + name;
    }

    /** What is in the files of the days. */
    List<DeadLetter> filed() {
        List<DeadLetter> letters = new ArrayList<>();
        try (DeadLetterReader lines = DeadLetterReader.ofDays(this)) {
            for (LetterLine line = lines.next(); line != null; line = lines.next()) {
                // One that was never synced may be there in part; what it said is said again.
                if (!line.isDamaged()) {
                    letters.add(line.filed().letter());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return letters;
    }
}
