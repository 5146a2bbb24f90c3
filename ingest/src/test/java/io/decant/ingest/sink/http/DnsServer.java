package io.decant.ingest.sink.http;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server on loopback that knows the same IPv4 addresses for every name, until the test says others (RFC 1035, a
 * question a message).
 */
final class DnsServer implements AutoCloseable {

    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;
    private static final int NAME_ERROR = 3;

    private final DatagramSocket socket;
    private final int ttlSeconds;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile List<InetAddress> addresses;

    /** @param address null: no name is known */
    DnsServer(InetAddress address, int ttlSeconds) throws IOException {
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        this.ttlSeconds = ttlSeconds;
        this.addresses = address == null ? List.of() : List.of(address);
        Thread thread = new Thread(this::serve, "dns");
        thread.setDaemon(true);
        thread.start();
    }

    String name() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    void move(InetAddress... to) {
        addresses = List.of(to);
    }

    /** How often an address was asked for. */
    int questions() {
        return questions.get();
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
                byte[] answer = answer(packet.getData());
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                packet.setLength(512);
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] answer(byte[] question) throws IOException {
        int end = HEADER_BYTES;
        while (question[end] != 0) {
            end += question[end] + 1;
        }
        end += 5;
        boolean ipv4 = question[end - 3] == TYPE_A;
        List<InetAddress> known = addresses;
        if (ipv4) {
            questions.incrementAndGet();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(question, 0, 2);
        out.writeShort(0x8180 | (known.isEmpty() ? NAME_ERROR : 0));
        out.writeShort(1);
        out.writeShort(ipv4 ? known.size() : 0);
        out.writeInt(0);
        out.write(question, HEADER_BYTES, end - HEADER_BYTES);
        if (ipv4) {
            for (InetAddress address : known) {
                out.writeShort(0xc000 | HEADER_BYTES); // the name in the question
                out.writeShort(TYPE_A);
                out.writeShort(1);
                out.writeInt(ttlSeconds);
                out.writeShort(4);
                out.write(address.getAddress());
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
