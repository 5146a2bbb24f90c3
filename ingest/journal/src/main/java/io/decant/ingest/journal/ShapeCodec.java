package io.decant.ingest.journal;

import io.decant.ingest.journal.Shape.KeyShape;
import io.decant.ingest.journal.Shape.RegexEngine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The bytes of shapes: in a cut of format 1, and by themselves in format 2. Stateless. */
final class ShapeCodec {

    private ShapeCodec() {}

    /** Puts a shape that {@linkplain Shape#fitsFormat1() fits format 1}. */
    static void putFormat1(ByteBuffer target, Shape shape) {
        EntryCodec.putString(target, shape.serverName());
        EntryCodec.putString(target, shape.key());
        EntryCodec.putString(target, shape.missingKey());
        target.putLong(shape.hashSeed());
        target.putInt(shape.sinks().size());
        shape.sinks().forEach(sink -> putSink(target, sink));
    }

    static Shape getFormat1(ByteBuffer source) {
        String serverName = EntryCodec.getString(source);
        String key = EntryCodec.getString(source);
        String missingKey = EntryCodec.getString(source);
        long seed = source.getLong();
        int count = source.getInt();
        List<SinkShape> sinks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sinks.add(getSink(source, false));
        }
        return new Shape(serverName, key, missingKey, seed, sinks);
    }

    static int encodedBytes(Shape shape) {
        return encodedBytes(shape.serverName(), shape.keys(), shape.missingKey(), shape.transforms(), shape.sinks());
    }

    static int encodedBytes(
            String serverName,
            List<KeyShape> keys,
            String missingKey,
            Map<String, List<String>> transforms,
            List<SinkShape> sinks) {
        int bytes = EntryCodec.encodedBytes(serverName) + EntryCodec.encodedBytes(missingKey);
        bytes += Long.BYTES + Short.BYTES + 1 + 2 * Short.BYTES + Integer.BYTES;
        for (KeyShape key : keys) {
            bytes += EntryCodec.encodedBytes(key.text()) + EntryCodec.encodedBytes(key.folding());
        }
        for (Map.Entry<String, List<String>> steps : transforms.entrySet()) {
            bytes += EntryCodec.encodedBytes(steps.getKey()) + Short.BYTES;
            for (String step : steps.getValue()) {
                bytes += EntryCodec.encodedBytes(step);
            }
        }
        for (SinkShape sink : sinks) {
            bytes += EntryCodec.encodedBytes(sink.name())
                    + EntryCodec.encodedBytes(sink.type())
                    + EntryCodec.encodedBytes(sink.format())
                    + 2 * Long.BYTES
                    + EntryCodec.encodedBytes(sink.extra());
        }
        return bytes;
    }

    /** Puts all of a shape, as an entry and a checkpoint of format 2 hold it. */
    static void put(ByteBuffer target, Shape shape) {
        EntryCodec.putString(target, shape.serverName());
        EntryCodec.putString(target, shape.missingKey());
        target.putLong(shape.hashSeed())
                .putShort((short) shape.keySemantics())
                .put(shape.regexEngine().code());
        target.putShort((short) shape.keys().size());
        for (KeyShape key : shape.keys()) {
            EntryCodec.putString(target, key.text());
            EntryCodec.putString(target, key.folding());
        }
        target.putShort((short) shape.transforms().size());
        // In one order, so that the same shape is the same bytes.
        new TreeMap<>(shape.transforms()).forEach((name, steps) -> {
            EntryCodec.putString(target, name);
            target.putShort((short) steps.size());
            steps.forEach(step -> EntryCodec.putString(target, step));
        });
        target.putInt(shape.sinks().size());
        for (SinkShape sink : shape.sinks()) {
            putSink(target, sink);
            EntryCodec.putString(target, sink.extra());
        }
    }

    static Shape get(ByteBuffer source) {
        String serverName = EntryCodec.getString(source);
        String missingKey = EntryCodec.getString(source);
        long seed = source.getLong();
        int semantics = Short.toUnsignedInt(source.getShort());
        RegexEngine engine = RegexEngine.of(source.get());
        List<KeyShape> keys = new ArrayList<>();
        for (int i = Short.toUnsignedInt(source.getShort()); i > 0; i--) {
            keys.add(new KeyShape(EntryCodec.getString(source), EntryCodec.getString(source)));
        }
        Map<String, List<String>> transforms = new HashMap<>();
        for (int i = Short.toUnsignedInt(source.getShort()); i > 0; i--) {
            String name = EntryCodec.getString(source);
            List<String> steps = new ArrayList<>();
            for (int step = Short.toUnsignedInt(source.getShort()); step > 0; step--) {
                steps.add(EntryCodec.getString(source));
            }
            transforms.put(name, steps);
        }
        List<SinkShape> sinks = new ArrayList<>();
        for (int i = source.getInt(); i > 0; i--) {
            sinks.add(getSink(source, true));
        }
        return new Shape(serverName, keys, missingKey, seed, semantics, engine, transforms, sinks);
    }

    private static void putSink(ByteBuffer target, SinkShape sink) {
        EntryCodec.putString(target, sink.name());
        EntryCodec.putString(target, sink.type());
        EntryCodec.putString(target, sink.format());
        target.putLong(sink.maxRecords()).putLong(sink.maxBytes());
    }

    private static SinkShape getSink(ByteBuffer source, boolean hasExtra) {
        return new SinkShape(
                EntryCodec.getString(source),
                EntryCodec.getString(source),
                EntryCodec.getString(source),
                source.getLong(),
                source.getLong(),
                hasExtra ? EntryCodec.getString(source) : "");
    }
}
