package io.decant.ingest.batch;

import io.decant.bucketer.Memory;
import io.decant.offload.staging.RunHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of streams and their sources in native memory, each stream once however many runs it is in. Owned by one
 * thread.
 */
final class StreamNames implements AutoCloseable {

    private final Map<RunHeader.Stream, Integer> numbers = new HashMap<>();
    private final List<Name> names = new ArrayList<>();

    /** A source's name and, right behind it, the stream's. */
    private record Name(long address, int sourceBytes, int streamBytes) {}

    /** The number of a stream, from 0: a new one unless it was here before. */
    int add(RunHeader.Stream stream) {
        return numbers.computeIfAbsent(stream, this::put);
    }

    private int put(RunHeader.Stream stream) {
        byte[] source = stream.source().getBytes(StandardCharsets.UTF_8);
        byte[] name = stream.name().getBytes(StandardCharsets.UTF_8);
        long address = Memory.allocate(Math.max(1, source.length + name.length));
        Memory.copyFromArray(source, 0, source.length, address);
        Memory.copyFromArray(name, 0, name.length, address + source.length);
        names.add(new Name(address, source.length, name.length));
        return names.size() - 1;
    }

    long sourceAddress(int stream) {
        return names.get(stream).address();
    }

    int sourceBytes(int stream) {
        return names.get(stream).sourceBytes();
    }

    long streamAddress(int stream) {
        Name name = names.get(stream);
        return name.address() + name.sourceBytes();
    }

    int streamBytes(int stream) {
        return names.get(stream).streamBytes();
    }

    String name(int stream) {
        byte[] name = new byte[streamBytes(stream)];
        Memory.copyToArray(streamAddress(stream), name, 0, name.length);
        return new String(name, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        names.forEach(name -> Memory.free(name.address(), Math.max(1, name.sourceBytes() + name.streamBytes())));
        names.clear();
        numbers.clear();
    }
}
