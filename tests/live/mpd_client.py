"""Takes the socket of an MPD or of tonearm; says to it what programs say by python-mpd2, and prints what comes back."""

import sys

import mpd


def main(socket):
    client = mpd.MPDClient()
    client.timeout = 20
    client.connect(socket)
    client.clear()
    client.add("Velo")
    show("queue", [song["title"] for song in client.playlistinfo()])
    client.command_list_ok_begin()
    client.status()
    client.currentsong()
    client.playlistid()
    status, current, queue = client.command_list_end()
    show("list", status["state"], current, [song["id"] for song in queue])
    show("find", [song["file"] for song in client.find("artist", "Velo", "title", "Amber")])
    show("search", [song["title"] for song in client.search("any", "war")])
    show("albums", client.list("album", "group", "albumartist"))
    show("count", client.count("artist", "Velo"))
    show("tree", len(client.listallinfo()), client.lsinfo("Velo/Stones")[0]["title"])
    client.play(1)
    client.pause(1)
    client.seekcur(10)
    status = client.status()
    show("status", status["state"], status["song"], status["elapsed"], status["nextsong"])
    show("song", client.currentsong()["title"], client.currentsong()["album"])
    cover = client.albumart("Velo/Stones/01.flac")["binary"]
    show("cover", len(cover), cover[:4], sum(cover))
    inside = client.readpicture("Kreis/b.mp3")
    show("inside", len(inside["binary"]), sum(inside["binary"]), inside["type"])
    show("none", client.readpicture("untagged.flac"))
    other = mpd.MPDClient()
    other.connect(socket)
    other.setvol(33)
    other.setvol(34)
    show("idle", client.idle("mixer"))
    for wrong in [lambda: client.playid(999), lambda: client.lsinfo("no"), lambda: client.find("moon", "x")]:
        try:
            wrong()
        except mpd.CommandError as error:
            show("error", error)
    client.save("by-python")
    show("saved", [one["playlist"] for one in client.listplaylists()], client.listplaylist("by-python"))
    client.rm("by-python")
    client.moveid(queue[0]["id"], 2)
    show("moved", [song["title"] for song in client.playlistinfo()])
    show("outputs", client.outputs()[0]["outputenabled"], client.replay_gain_status())


def show(name, *values):
    print(name, *values)


main(sys.argv[1])
