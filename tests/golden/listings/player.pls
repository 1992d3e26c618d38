[Playlist]
NumberOfEntries=1
File3=../more/03%20Low%20Tide.mp3
Title3=Ines Calder - Low Tide
Length3=179
file1=music\01 Paper Lungs.flac
title1=Nova Kite - Paper Lungs
length1=221
File2=file:///music/02%20Harbour%20Lights.ogg
Length2=-1
Surprise=yes
Version=2
